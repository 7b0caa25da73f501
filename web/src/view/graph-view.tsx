// SPDX-License-Identifier: Apache-2.0
// graph-view.tsx - the graph, drawn and coloured as the run goes. By keyboard one goes from a vertex to those that it
// waits for and that wait for it; each is said as it is come to. The table of operations has the same in words.
import cytoscape, { type Core } from "cytoscape";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { BOX } from "../box";
import { elementsOf, type Label, LARGE, styleOf, textOf } from "../drawing";
import { append, type Graph } from "../graph";
import { SayContext } from "../hooks";
import type { Places } from "../layout";
import { askLayout } from "../layout-ask";
import { keyOf, nameOf, type Run } from "../run";
import type { Plan, PlannedOperation } from "../types";
import { plural, wordOf } from "../words";
import { Trouble } from "./parts";

interface Props { graph: Graph; run?: Run; plan?: Plan; selected?: string; onSelect?: (key?: string) => void; onOpen?: () => void }

/** What is more to be noticed comes first. */
const RANK = ["delete", "replace", "move", "create", "update", "adopt", "ensure", "verify", "leave", "no_op"];
const rankOf = ({ operation }: PlannedOperation) => RANK.indexOf(operation);

/** A vertex of a plan stands for all regions of its resource: what is most to be noticed, and where that is. */
function foremost(operations: PlannedOperation[]): { first: PlannedOperation; where: string } {
  const [first] = [...operations].sort((a, b) => rankOf(a) - rankOf(b));
  const same = operations.filter(({ operation }) => operation === first.operation);
  const n = same.length, all = operations.length;
  return { first, where: n === 1 ? first.region : n === all ? `${n} regions` : `${n} of ${all} regions` };
}

type Labels = (key: string) => Label;

function labelsOf({ run, plan }: Props): Labels {
  if (run) {
    return (key) => {
      const operation = run.operations.get(key)!;
      return { name: operation.resource_id, region: operation.region, type: operation.type, status: operation.status };
    };
  }
  const planned = new Map<string, PlannedOperation[]>();
  for (const operation of plan!.operations) append(planned, keyOf({ node_id: operation.node_id }), operation);
  return (key) => {
    const { first, where } = foremost(planned.get(key)!);
    return { name: first.resource_id, region: where, type: first.type, status: first.operation };
  };
}

/** The nearest one on the same row, or neighbour in the graph: of the nearest row. */
function stepFrom(cy: Core, graph: Graph, key: string, arrow: string): string | undefined {
  const { x, y } = cy.getElementById(key).position();
  const distance = (other: string) => {
    const place = cy.getElementById(other).position();
    return Math.abs(place.y - y) * 1000 + Math.abs(place.x - x);
  };
  const nearest = (keys: string[] = []) => [...keys].sort((a, b) => distance(a) - distance(b))[0];
  if (arrow === "ArrowDown") return nearest(graph.after.get(key));
  if (arrow === "ArrowUp") return nearest(graph.before.get(key));
  const isRight = arrow === "ArrowRight";
  const row = graph.keys.filter((other) => {
    const place = cy.getElementById(other).position();
    return Math.abs(place.y - y) < 10 && (isRight ? place.x > x : place.x < x);
  });
  return nearest(row);
}

const MARGIN = 40;
const ARROWS = ["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"];
const ZOOMS: Record<string, number> = { "+": 1.25, "=": 1.25, "-": 0.8 };

function zoomBy(cy: Core, by: number): void {
  cy.zoom({ level: cy.zoom() * by, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
}

/** All of it, but never larger than life. Cytoscape's own fit() measures each label and edge, which takes a second of 2,000. */
function fit(cy: Core, places: Places): void {
  const xs = places.map(([x]) => x), ys = places.map(([, y]) => y);
  const least = (values: number[]) => values.reduce((a, b) => Math.min(a, b), Infinity);
  const [x, y] = [least(xs), least(ys)], [width, height] = [-least(xs.map((x) => -x)) - x, -least(ys.map((y) => -y)) - y];
  const zoom = Math.min(1, cy.width() / (width + BOX.width + MARGIN), cy.height() / (height + BOX.height + MARGIN));
  cy.viewport({ zoom, pan: { x: cy.width() / 2 - (x + width / 2) * zoom, y: cy.height() / 2 - (y + height / 2) * zoom } });
}

function show(cy: Core, key: string): void {
  const { x1, y1, x2, y2 } = cy.getElementById(key).renderedBoundingBox();
  if (cy.zoom() < 0.5) cy.zoom(0.8);
  if (x1 < 0 || y1 < 0 || x2 > cy.width() || y2 > cy.height() || cy.zoom() === 0.8) cy.center(cy.getElementById(key));
}

function mark(cy: Core, key?: string): void {
  cy.batch(() => {
    cy.elements(".is-selected, .is-near").removeClass("is-selected is-near");
    if (key) cy.getElementById(key).addClass("is-selected").connectedEdges().addClass("is-near");
  });
}

function colour(cy: Core, keys: Iterable<string>, labelOf: Labels): void {
  cy.batch(() => {
    for (const key of keys) {
      const node = cy.getElementById(key);
      if (node.empty()) continue;
      const label = labelOf(key);
      if (node.data("status") !== label.status) node.data({ status: label.status, text: textOf(label) });
    }
  });
}

/** Laid out and drawn anew for each graph; again in other colours when the light changes. */
function useDrawing(props: Props) {
  const { graph } = props;
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<Core | undefined>(undefined);
  const [cy, setCy] = useState<Core>();
  const [places, setPlaces] = useState<Places>([]);
  const [why, setWhy] = useState<Error>();
  const labelOf = labelsOf(props);
  useEffect(() => {
    const stop = new AbortController();
    const isLarge = graph.keys.length >= LARGE;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const repaint = () => drawn.current?.style(styleOf(document.documentElement, isLarge));
    setCy(undefined);
    askLayout(graph, stop.signal).then((places) => {
      if (stop.signal.aborted || !box.current) return;
      const made = cytoscape({
        container: box.current, elements: elementsOf(graph, places, labelOf), style: styleOf(document.documentElement, isLarge),
        layout: { name: "preset", fit: false }, autoungrabify: true, boxSelectionEnabled: false, minZoom: 0.02, maxZoom: 3,
        hideEdgesOnViewport: isLarge, pixelRatio: isLarge ? 1 : "auto",
      });
      drawn.current = made;
      fit(made, places);
      setPlaces(places);
      setCy(made);
    }, (refused) => { if (!stop.signal.aborted) setWhy(refused); });
    dark.addEventListener("change", repaint);
    return () => {
      stop.abort();
      dark.removeEventListener("change", repaint);
      drawn.current?.destroy();
      drawn.current = undefined;
    };
  }, [graph]);
  return { box, cy, places, why, labelOf };
}

export function GraphView(props: Props) {
  const { graph, run, selected, onSelect, onOpen } = props;
  const say = useContext(SayContext);
  const { box, cy, places, why, labelOf } = useDrawing(props);
  const tapped = useRef<string | undefined>(undefined); // is seen where it is; what was chosen elsewhere has to be shown

  useEffect(() => run && cy && run.subscribe((keys) => colour(cy, keys, labelOf)), [run, cy]);
  useEffect(() => { if (cy && run) colour(cy, graph.keys, labelOf); }, [cy, run]);
  useEffect(() => {
    if (!cy) return;
    cy.on("tap", (event) => {
      tapped.current = event.target === cy || event.target.isEdge() ? undefined : event.target.id();
      onSelect?.(tapped.current);
    });
    cy.on("mouseover", "node", (event) => { // its text may be cut
      const { name, region, type } = labelOf(event.target.id());
      box.current!.title = `${nameOf({ resource_id: name, region })}, ${type}`;
    });
    cy.on("mouseout", "node", () => { box.current!.title = ""; });
    return () => { cy.removeListener("tap mouseover mouseout"); };
  }, [cy, onSelect]);
  useEffect(() => {
    if (!cy) return;
    mark(cy, selected);
    if (selected && selected !== tapped.current && cy.getElementById(selected).nonempty()) show(cy, selected);
    tapped.current = undefined;
  }, [cy, selected]);

  function goTo(key: string): void {
    const { name, region, type, status } = labelOf(key);
    onSelect?.(key);
    show(cy!, key);
    say(`${nameOf({ resource_id: name, region })}, ${type}, ${wordOf(status)}; waits for ${graph.before.get(key)?.length ?? 0}, ${graph.after.get(key)?.length ?? 0} wait for it`);
  }

  function onKey(event: KeyboardEvent): void {
    if (!cy || event.ctrlKey || event.altKey || event.metaKey) return;
    if (ARROWS.includes(event.key) && onSelect) {
      const next = selected ? stepFrom(cy, graph, selected, event.key) : graph.keys[0];
      if (next) goTo(next);
    } else if (event.key in ZOOMS) zoomBy(cy, ZOOMS[event.key]);
    else if (event.key === "0") fit(cy, places);
    else if (event.key === "Home" && onSelect && graph.keys.length > 0) goTo(graph.keys[0]);
    else if (event.key === "Enter" && selected) onOpen?.();
    else if (event.key === "Escape") onSelect?.(undefined);
    else return;
    event.preventDefault();
  }

  return (
    <div class="graph">
      <Trouble why={why} />
      <div class="canvas" role="application" tabIndex={0} onKeyDown={onKey} aria-busy={!cy} data-drawn={cy ? graph.keys.length : undefined}
        aria-label={`Graph of ${plural(graph.keys.length, "operation")}`} aria-describedby="graph-help">
        <div ref={box} class="drawing" />
        {!cy && !why && <p class="laying">Laying out {plural(graph.keys.length, "operation")}…</p>}
      </div>
      <div class="buttons">
        <button type="button" aria-label="Zoom in" onClick={() => cy && zoomBy(cy, 1.25)}>+</button>
        <button type="button" aria-label="Zoom out" onClick={() => cy && zoomBy(cy, 0.8)}>−</button>
        <button type="button" onClick={() => cy && fit(cy, places)}>Fit</button>
        <p id="graph-help" class="quiet">Arrow keys go along the edges and rows, Enter to the details; + and − zoom, 0 shows all.</p>
      </div>
    </div>
  );
}
