// SPDX-License-Identifier: Apache-2.0
// layout-worker.ts - lays graphs out beside the page, which goes on meanwhile.
import { layOut, type LayoutRequest } from "./layout";

onmessage = (message: MessageEvent<LayoutRequest>) => postMessage(layOut(message.data));
