// SPDX-License-Identifier: Apache-2.0
// layout-ask.ts - asks the worker for a layout.
import type { Graph } from "./graph";
import type { Places } from "./layout";

declare const LAYOUT_URL: string; // set by build.mjs

export function askLayout(graph: Graph, signal: AbortSignal): Promise<Places> {
  const index = new Map(graph.keys.map((key, i) => [key, i]));
  const worker = new Worker(LAYOUT_URL);
  return new Promise<Places>((resolve, reject) => {
    worker.onmessage = (message: MessageEvent<Places>) => resolve(message.data);
    worker.onerror = (event) => reject(new Error(event.message || "The graph can't be laid out"));
    signal.addEventListener("abort", () => reject(new DOMException("Not wanted any more", "AbortError")));
    worker.postMessage({
      n: graph.keys.length,
      edges: graph.edges.map(({ from, to }) => [index.get(from)!, index.get(to)!]),
    });
  }).finally(() => worker.terminate());
}
