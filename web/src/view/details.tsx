// SPDX-License-Identifier: Apache-2.0
// details.tsx - all about one operation: phase, attempts, timing, error, outputs, and what it has to do with others.
import { forwardRef } from "preact/compat";
import { useContext, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { AT_PAUSE, isToBeSteered, nextOf, requestNameOf } from "../commands";
import type { Graph } from "../graph";
import { ClientContext, useNow } from "../hooks";
import { keyOf, nameOf, type Run } from "../run";
import type { Operation } from "../types";
import { asText, duration, when, wordOf } from "../words";
import { tookOf } from "./operations";
import { Pill, Trouble } from "./parts";

const NEIGHBOURS_MAX = 50;

function Neighbours({ title, keys, run, onSelect }: { title: string; keys: string[]; run: Run; onSelect: (key: string) => void }) {
  const known = keys.map((key) => [key, run.operations.get(key)] as const).filter(([, operation]) => operation);
  if (known.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="plain">
        {known.slice(0, NEIGHBOURS_MAX).map(([key, operation]) => (
          <li key={key}><button type="button" class="link" onClick={() => onSelect(key)}>{nameOf(operation!)}</button> <Pill status={operation!.status} /></li>
        ))}
      </ul>
      {known.length > NEIGHBOURS_MAX && <p class="quiet">and {known.length - NEIGHBOURS_MAX} more</p>}
    </>
  );
}

function Failure({ operation: { error } }: { operation: Operation }) {
  if (!error) return null;
  return (
    <div class="trouble">
      <h3>Error</h3>
      <p><b>{error.code ?? wordOf(error.type)}</b> {error.message}</p>
      {error.provider_request_id && <p class="quiet">Request <code>{error.provider_request_id}</code></p>}
    </div>
  );
}

function Facts({ operation, now }: { operation: Operation; now: number }) {
  const took = tookOf(operation, now);
  const facts: [string, string | number | undefined][] = [
    ["Type", operation.type], ["Region", operation.region], ["Account", operation.account], ["Part of", operation.composite],
    ["Check of", operation.check_of], ["Operation", wordOf(operation.operation)], ["Phase", operation.phase],
    ["Attempts", operation.attempt], ["Began", when(operation.started_at)], ["Ended", when(operation.completed_at)],
    ["Took", took !== undefined ? duration(took) : undefined], ["Node", operation.node_id],
  ];
  return (
    <dl>
      {facts.filter(([, value]) => value !== undefined && value !== "").map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
    </dl>
  );
}

const Outputs = ({ outputs }: { outputs?: Record<string, unknown> }) => outputs && Object.keys(outputs).length > 0 ? (
  <>
    <h3>Outputs</h3>
    <dl class="outputs">
      {Object.entries(outputs).map(([name, value]) => <div key={name}><dt>{name}</dt><dd><pre>{asText(value)}</pre></dd></div>)}
    </dl>
  </>
) : null;

/** What it writes, at whose end one stays while one is there. */
function Written({ text }: { text: string }) {
  const ref = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  const look = () => {
    const { scrollTop, clientHeight, scrollHeight } = ref.current!;
    isAtEnd.current = scrollTop + clientHeight >= scrollHeight - 8;
  };
  useLayoutEffect(() => { if (isAtEnd.current) ref.current!.scrollTop = ref.current!.scrollHeight; }, [text]);
  return <><h3>What it writes</h3><pre ref={ref} class="log" tabIndex={0} onScroll={look}>{text}</pre></>;
}

/** While it is paused: this one out of turn, or not at all. */
function AtPause({ run, operation, graph, onTold }: { run: Run; operation: Operation; graph: Graph; onTold: () => Promise<void> }) {
  const client = useContext(ClientContext);
  const [tells, setTells] = useState(false);
  const [why, setWhy] = useState<Error>();
  const { execution } = run;
  if (operation.status !== "pending" || !isToBeSteered(execution)) return null;
  const isReady = (graph.before.get(keyOf(operation)) ?? []).every((key) => ["completed", "skipped"].includes(run.operations.get(key)?.status ?? ""));
  async function tell(body: object) {
    if (tells) return;
    setTells(true);
    setWhy(undefined);
    await client.post("/deploy/continue", { graph_id: execution.graph_id, ...nextOf(execution), ...body }).then(onTold).catch(setWhy);
    setTells(false);
  }
  return (
    <>
      <div class="buttons">
        {Object.entries(AT_PAUSE).map(([id, { title, body }]) => (id !== "do-next" || isReady) && (
          <button key={id} id={id} type="button" aria-disabled={tells} onClick={() => tell(body(requestNameOf(operation)))}>{title}</button>
        ))}
      </div>
      <Trouble why={why} />
    </>
  );
}

interface Props {
  run: Run; graph: Graph; selected: string; isLast: boolean; onSelect: (key?: string) => void; onWanted: () => Promise<void>;
  onWritten: (signal: AbortSignal) => Promise<void>;
}

export const Details = forwardRef<HTMLElement, Props>(({ run, graph, selected, isLast, onSelect, onWanted, onWritten }, ref) => {
  const operation = run.operations.get(selected);
  const now = useNow(operation?.status === "running");
  const lacks = operation?.status === "completed" && !operation.outputs;
  useEffect(() => { if (lacks) onWanted().catch(() => {}); }, [selected, lacks]);
  const writes = operation?.type.startsWith("exec:") && operation.started_at !== undefined;
  useEffect(() => {
    if (!writes) return;
    const stop = new AbortController();
    onWritten(stop.signal).catch(() => {}); // what is not kept any more
    return () => stop.abort();
  }, [writes, onWritten]);
  useEffect(() => { // where there is no room beside the views
    const isBelow = matchMedia("(max-width: 50rem)").matches && !document.activeElement?.matches(".canvas");
    if (isBelow) document.querySelector(".details")?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  if (!operation) return null;
  const log = run.logs.get(selected);
  return (
    <aside ref={ref} class="details" tabIndex={-1} aria-label={`Details of ${nameOf(operation)}`}>
      <button type="button" class="close" aria-label="Close the details" onClick={() => onSelect(undefined)}>×</button>
      <h2><bdi>{nameOf(operation)}</bdi></h2>
      <p><Pill status={operation.status} /></p>
      {isLast && <AtPause key={selected} run={run} operation={operation} graph={graph} onTold={onWanted} />}
      <Failure operation={operation} />
      <Facts operation={operation} now={now} />
      <Outputs outputs={operation.outputs} />
      {log && <Written key={selected} text={String(log)} />}
      <Neighbours title="Waits for" keys={graph.before.get(selected) ?? []} run={run} onSelect={onSelect} />
      <Neighbours title="Is waited for by" keys={graph.after.get(selected) ?? []} run={run} onSelect={onSelect} />
    </aside>
  );
});
