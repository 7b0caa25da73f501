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

function append(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** `keyOfNode` says what a node of the document is drawn as, if it is. */
function read(document: MGraph, keyOfNode: (id: string, key: string) => string | undefined): Graph {
  const { nodes, edges } = document.graph.model.data;
  const keys = new Map<string, string>();
  const graph: Graph = { keys: [], edges: [], before: new Map(), after: new Map() };
  for (const [id, node] of Object.entries(nodes)) {
    const key = keyOfNode(id, node.node_data.key);
    if (key !== undefined) keys.set(id, key);
  }
  graph.keys = [...keys.values()];
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
export function readExecutionGraph(document: MGraph, operations: Map<string, unknown>): Graph {
  return read(document, (_id, key) => (operations.has(key) ? key : undefined));
}

/** Of a Spec Graph: the resources that a plan names. */
export function readSpecGraph(document: MGraph, nodeIds: Set<string>): Graph {
  return read(document, (id) => (nodeIds.has(id) ? keyOf({ node_id: id }) : undefined));
}
