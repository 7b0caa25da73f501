// SPDX-License-Identifier: Apache-2.0
// layout.ts - where each vertex is drawn. Dagre draws what is small and narrow best. It takes more than a minute for
// 2,000 vertices, as ELK takes half of one, and both put a wide level into one row that nobody can look at as a whole:
// what is larger is laid on shelves, a level on as many rows as it needs to be about as wide as all is high.
import dagre from "@dagrejs/dagre";
import { BOX } from "./box";

export interface LayoutRequest { n: number; edges: [number, number][] }
export type Places = [number, number][];

const GAP = { x: 28, y: 18, level: 54 };
const DAGRE_MAX = 160, DAGRE_WIDTH_MAX = 14, SWEEPS = 4, LINE_MIN = 6, ASPECT = 1.8;

/** The longest way to each vertex; what is in a circle stays where it is met. */
function levelsOf({ n, edges }: LayoutRequest): number[] {
  const level = new Array<number>(n).fill(0), waits = new Array<number>(n).fill(0);
  const after: number[][] = Array.from({ length: n }, () => []);
  for (const [from, to] of edges) {
    after[from].push(to);
    waits[to]++;
  }
  const ready = [...waits.keys()].filter((v) => waits[v] === 0);
  for (let i = 0; i < ready.length; i++) {
    for (const to of after[ready[i]]) {
      level[to] = Math.max(level[to], level[ready[i]] + 1);
      if (--waits[to] === 0) ready.push(to);
    }
  }
  return level;
}

/** Down and up again, each vertex goes to the middle of those that it has edges with. */
function order(rows: number[][], { n, edges }: LayoutRequest): void {
  const near: number[][] = Array.from({ length: n }, () => []);
  const at = new Array<number>(n).fill(0);
  for (const [from, to] of edges) {
    near[from].push(to);
    near[to].push(from);
  }
  const place = (row: number[]) => row.forEach((v, i) => { at[v] = (i + 0.5) / row.length; });
  const middle = (v: number) => (near[v].length ? near[v].reduce((sum, u) => sum + at[u], 0) / near[v].length : at[v]);
  rows.forEach(place);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const row of sweep % 2 ? [...rows].reverse() : rows) {
      const middles = new Map(row.map((v) => [v, middle(v)]));
      row.sort((a, b) => middles.get(a)! - middles.get(b)!);
      place(row);
    }
  }
}

/** How many stand in a line, so that all is somewhat wider than high, as screens are. */
function lineOf(rows: number[][], step: { x: number; y: number }): number {
  const widest = Math.max(...rows.map((row) => row.length));
  const height = (line: number) => rows.reduce((sum, row) => sum + Math.ceil(row.length / line) * step.y + GAP.level, 0);
  let line = LINE_MIN;
  while (line < widest && line * step.x < ASPECT * height(line)) line++;
  return line;
}

function onShelves(request: LayoutRequest, rows: number[][]): Places {
  const places: Places = new Array(request.n);
  const step = { x: BOX.width + GAP.x, y: BOX.height + GAP.y };
  const across = lineOf(rows, step);
  let y = 0;
  order(rows, request);
  for (const row of rows) {
    const lines = Math.ceil(row.length / across), perLine = Math.ceil(row.length / lines);
    row.forEach((v, i) => {
      const line = Math.floor(i / perLine), inLine = Math.min(perLine, row.length - line * perLine);
      places[v] = [((i % perLine) - (inLine - 1) / 2) * step.x, y + line * step.y];
    });
    y += lines * step.y + GAP.level;
  }
  return places;
}

function byDagre({ n, edges }: LayoutRequest): Places {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "TB", nodesep: GAP.x, ranksep: GAP.level });
  graph.setDefaultEdgeLabel(() => ({}));
  for (let v = 0; v < n; v++) graph.setNode(String(v), { ...BOX });
  for (const [from, to] of edges) graph.setEdge(String(from), String(to));
  dagre.layout(graph);
  return Array.from({ length: n }, (_, v) => {
    const { x, y } = graph.node(String(v)) as { x: number; y: number };
    return [x, y];
  });
}

export function layOut(request: LayoutRequest): Places {
  const rows: number[][] = [];
  levelsOf(request).forEach((level, v) => (rows[level] ??= []).push(v));
  const isNarrow = request.n <= DAGRE_MAX && rows.every((row) => row.length <= DAGRE_WIDTH_MAX);
  return isNarrow ? byDagre(request) : onShelves(request, rows);
}
