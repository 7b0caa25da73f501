// SPDX-License-Identifier: Apache-2.0
// box.ts - how large a vertex is drawn: what lays out and what draws have to agree.
export const BOX = { width: 168, height: 48 };
