// SPDX-License-Identifier: Apache-2.0
// drawing.ts - how the graph looks, in the colours that page.css has for the light or the dark.
import type { ElementDefinition, StylesheetJson } from "cytoscape";
import type { Graph } from "./graph";
import { BOX } from "./box";
import type { Places } from "./layout";
import { markOf } from "./words";

export const LARGE = 400; // from so many on, what is nice but slow is left out

export interface Label { name: string; region?: string; type: string; status: string }

const STATUSES = ["pending", "running", "completed", "failed", "blocked", "skipped", "cancelled", "rolled_back", "create",
  "update", "delete", "replace", "move", "adopt", "no_op", "leave", "ensure", "verify"];

/** Without its middle: names mostly differ at their ends. */
function cut(text: string, most: number): string {
  const head = Math.ceil((most - 1) / 2);
  return text.length <= most ? text : `${text.slice(0, head)}…${text.slice(text.length - (most - 1 - head))}`;
}
/** What it is and, where it has a region, in which; then its provider goes without saying. */
const kindOf = ({ type, region }: Label) =>
  (region ? `${cut(type.slice(type.indexOf(":") + 1), Math.max(8, 22 - region.length))} ${region}` : cut(type, 24));
export const textOf = (label: Label) => `${markOf(label.status)} ${cut(label.name, 21)}\n${kindOf(label)}`;

export function elementsOf(graph: Graph, places: Places, labelOf: (key: string) => Label): ElementDefinition[] {
  const nodes = graph.keys.map((key, i) => {
    const label = labelOf(key);
    return { data: { id: key, text: textOf(label), status: label.status }, position: { x: places[i][0], y: places[i][1] } };
  });
  const edges = graph.edges.map(({ from, to, kind }, i) => ({ data: { id: `edge ${i}`, source: from, target: to, kind } }));
  return [...nodes, ...edges];
}

/** A third of one colour, as "#rrggbb": with more of it not all text can be read well. */
function mix(some: string, rest: string): string {
  const part = (text: string, i: number) => parseInt(text.slice(1 + 2 * i, 3 + 2 * i), 16);
  return "#" + [0, 1, 2].map((i) => Math.round((part(some, i) + 2 * part(rest, i)) / 3).toString(16).padStart(2, "0")).join("");
}

export function styleOf(root: Element, isLarge: boolean): StylesheetJson {
  const css = getComputedStyle(root);
  const colour = (name: string) => css.getPropertyValue(`--${name}`).trim();
  // From far away a border is not seen, so the backs of many are stronger.
  const back = (status: string) => (isLarge ? mix(colour(status), colour(`${status}-back`)) : colour(`${status}-back`));
  return [
    { selector: "node", style: {
      shape: "round-rectangle", width: BOX.width, height: BOX.height, label: "data(text)", "text-wrap": "wrap",
      "text-valign": "center", "text-halign": "center", "font-size": 12, "line-height": 1.3, "font-family": "system-ui, sans-serif",
      "min-zoomed-font-size": isLarge ? 7 : 4, color: colour("text"), "background-color": back("pending"),
      "border-width": 1.5, "border-color": colour("pending"),
    } },
    ...STATUSES.map((status) => ({ selector: `node[status = "${status}"]`, style: {
      "background-color": back(status), "border-color": colour(status),
      "border-style": status === "skipped" ? "dashed" as const : "solid" as const,
    } })),
    { selector: 'node[status = "failed"]', style: { // is what one looks for, also among thousands
      "background-color": colour("failed"), color: colour("back"), "border-width": isLarge ? 10 : 3, "z-index": 2,
    } },
    { selector: "edge", style: {
      width: 1.2, "line-color": colour("edge"), "target-arrow-color": colour("edge"), "target-arrow-shape": "triangle",
      "arrow-scale": 0.8, "curve-style": isLarge ? "straight" : "bezier",
    } },
    { selector: 'edge[kind = "pause"]', style: { "line-style": "dashed" } },
    { selector: 'edge[kind = "end"]', style: { width: 3 } },
    { selector: "edge.is-near", style: { width: 2.5, "line-color": colour("accent"), "target-arrow-color": colour("accent"), "z-index": 1 } },
    { selector: "node.is-selected", style: { "border-width": 4, "border-color": colour("accent") } },
    { selector: "core", style: { "active-bg-opacity": 0 } as never },
  ] as StylesheetJson;
}
