// SPDX-License-Identifier: Apache-2.0
// graph.ts - from MGraph JSON to what is drawn: vertices by key, and who waits for whom.
import { keyOf } from "./run";
import type { MGraph } from "./types";

export interface Edge { from: string; to: string; kind: string }

export interface Graph {
  keys: string[];
  edges: Edge[];
  before: Map<string, string[]>; // what each waits for
  after: Map<string, string[]>;
}

const DRAWN = ["dependency", "pause", "end"];

export function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** `keyOfNode` says what a node of the document is drawn as. Of all that, `drawn` is, in this order: the document has none, for
 * an object's keys that look like numbers come first. */
function read(document: MGraph, drawn: string[], keyOfNode: (id: string, key: string) => string): Graph {
  const { nodes, edges } = document.graph.model.data;
  const wanted = new Set(drawn), keys = new Map<string, string>();
  const graph: Graph = { keys: drawn, edges: [], before: new Map(), after: new Map() };
  for (const [id, node] of Object.entries(nodes)) {
    const key = keyOfNode(id, node.node_data.key);
    if (wanted.has(key)) keys.set(id, key);
  }
  for (const edge of Object.values(edges)) {
    const from = keys.get(edge.from_node_id), to = keys.get(edge.to_node_id), kind = edge.edge_label.predicate;
    if (from === undefined || to === undefined || !DRAWN.includes(kind)) continue;
    graph.edges.push({ from, to, kind });
    append(graph.before, to, from);
    append(graph.after, from, to);
  }
  return graph;
}

/** Of an Execution Graph: its operations, one for each region. */
export function readExecutionGraph(document: MGraph, operations: Iterable<string>): Graph {
  return read(document, [...operations], (_id, key) => key);
}

/** Of a Spec Graph: the resources that a plan names. */
export function readSpecGraph(document: MGraph, nodeIds: Iterable<string>): Graph {
  const keys = [...new Set(nodeIds)].map((id) => keyOf({ node_id: id }));
  return read(document, keys, (id) => keyOf({ node_id: id }));
}
