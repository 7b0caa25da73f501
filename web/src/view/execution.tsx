// SPDX-License-Identifier: Apache-2.0
// execution.tsx - one execution, live: how it stands, what can be told to it, and four ways to look at it.
import { useCallback, useContext, useEffect, useRef, useState } from "preact/hooks";
import { isPassing, type Client } from "../api";
import { readExecutionGraph, type Graph } from "../graph";
import { ClientContext, HealthContext, linkTo, SayContext, useNow, useRun } from "../hooks";
import { isOver, nameOf, Run } from "../run";
import { follow, type Link, wait } from "../stream";
import type { Execution, MGraph } from "../types";
import { duration, plural, reasonOf, when } from "../words";
import { Changes } from "./changes";
import { Controls } from "./controls";
import { Details } from "./details";
import { GraphView } from "./graph-view";
import { Operations } from "./operations";
import { Pill, Tabs, Trouble } from "./parts";
import { Timeline } from "./timeline";

const TABS = [{ id: "graph", title: "Graph" }, { id: "timeline", title: "Timeline" },
  { id: "operations", title: "Operations" }, { id: "changes", title: "Changes" }];
const LINKS: Record<Link, string> = { live: "live", lost: "connecting…", idle: "not followed" };

/** The one that is asked for; and whether it is the graph's last one, which alone can be told anything. */
async function load(client: Client, graphId: string, executionId: string | undefined, signal: AbortSignal) {
  const path = `/deploy/status/${graphId}`, which = executionId ? `execution=${executionId}` : "";
  const [last, document] = await Promise.all([client.get<Execution>(path, signal),
    client.get<MGraph>(`/deploy/graph/${graphId}?kind=execution&${which}`, signal)]);
  const isLast = executionId === undefined || last.execution_id === executionId;
  const shown = isLast ? last : await client.get<Execution>(`${path}?${which}`, signal);
  const run = new Run(shown);
  return { run, isLast, graph: readExecutionGraph(document, run.operations.keys()) };
}

const AGAIN_MS = 3000;

/** Asks until it is answered, or refused for good. Nothing more comes of it once nobody wants it. */
async function persist<T>(ask: () => Promise<T>, signal: AbortSignal, onTrouble: (why?: Error) => void): Promise<T> {
  for (;;) {
    try {
      const answer = await ask();
      onTrouble(undefined);
      return answer;
    } catch (why) {
      if (signal.aborted) return new Promise(() => {});
      if (!isPassing(why as Error)) throw why;
      onTrouble(why as Error);
    }
    await wait(AGAIN_MS, signal);
  }
}

interface Loaded { run: Run; isLast: boolean; graph: Graph }

function saidOf({ deployment_id, status, reason, next_operation }: Execution): string {
  const next = next_operation ? `, before ${nameOf(next_operation)}` : "";
  return `${deployment_id} is ${status}${next}${reason ? `: ${reasonOf(reason)}` : ""}`;
}

/** Loads it, and follows its events. */
function useExecution(graphId: string, executionId?: string) {
  const client = useContext(ClientContext);
  const say = useContext(SayContext);
  const health = useContext(HealthContext);
  const [loaded, setLoaded] = useState<Loaded>();
  const [why, setWhy] = useState<Error>();
  const [link, setLink] = useState<Link>("idle");
  const refresh = useCallback(async () => {
    if (!loaded) return;
    const { execution_id } = loaded.run.execution;
    loaded.run.take(await client.get<Execution>(`/deploy/status/${graphId}?execution=${execution_id}`));
  }, [client, graphId, loaded]);

  useEffect(() => {
    const stop = new AbortController();
    persist(() => load(client, graphId, executionId, stop.signal), stop.signal, setWhy).then(setLoaded, setWhy);
    return () => stop.abort();
  }, [client, graphId, executionId]);

  useEffect(() => {
    if (!loaded?.isLast) return;
    const stop = new AbortController();
    const { run } = loaded;
    follow(client, `/deploy/events/${graphId}`, run.execution.last_event ?? run.execution.events_after, {
      onLink: (link, why) => {
        setLink(link);
        health.note("stream", why);
      },
      onEvents: (events) => {
        const before = run.execution;
        const later = events.find((event) => event.execution_id && event.type === "execution" && event.execution_id !== before.execution_id);
        if (run.hear(events)) refresh().catch(() => {});
        if (run.execution !== before) say(saidOf(run.execution));
        if (later) location.replace(linkTo("graph", graphId, later.execution_id));
      },
    }, stop.signal);
    return () => { stop.abort(); health.note("stream"); };
  }, [client, graphId, loaded]);

  return { loaded, why, link, refresh };
}

function Facts({ execution, link, isLast }: { execution: Execution; link: Link; isLast: boolean }) {
  const now = useNow(!isOver(execution.status));
  const end = execution.completed_at ? Date.parse(execution.completed_at) : now;
  const facts: [string, string | undefined][] = [
    ["Kind", execution.kind + (execution.mode === "FULL" ? "" : `, ${execution.mode.toLowerCase()}`)],
    ["Only", execution.only?.join(", ")], ["All but", execution.except?.join(", ")],
    ["Begun", when(execution.created_at)], ["Took", duration(end - Date.parse(execution.created_at))],
    ["By", execution.on_behalf_of ? `${execution.actor} for ${execution.on_behalf_of}` : execution.actor],
    ["Graph", execution.graph_id], ["Execution", execution.execution_id], ["Plan", execution.plan_id],
    ["Events", isLast ? LINKS[link] : undefined],
  ];
  return (
    <dl class="facts">
      {facts.filter(([, value]) => value).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
    </dl>
  );
}

function Progress({ run }: { run: Run }) {
  const counts = run.count(), all = run.operations.size;
  const done = all - (counts.get("pending") ?? 0) - (counts.get("running") ?? 0);
  return (
    <div class="progress">
      <progress max={all || 1} value={done} aria-label={`${done} of ${plural(all, "operation")} are done`} />
      <ul class="counts" aria-label="Operations by status">
        {[...counts].map(([status, n]) => <li key={status}><Pill status={status} /> {n}</li>)}
      </ul>
    </div>
  );
}

export function ExecutionPage({ graphId, executionId }: { graphId: string; executionId?: string }) {
  const { loaded, why, link, refresh } = useExecution(graphId, executionId);
  const [tab, setTab] = useState("graph");
  const [selected, select] = useState<string>();
  const details = useRef<HTMLElement>(null);
  const toDetails = useCallback(() => details.current?.focus(), []);
  useRun(loaded?.run);
  if (why) return <><Trouble why={why} />{isPassing(why) && <p class="quiet">It is asked for again every few seconds.</p>}</>;
  if (!loaded) return <p aria-busy="true">Loading…</p>;
  const { run, graph, isLast } = loaded;
  const shared = { run, selected, onSelect: select };
  return (
    <section class="execution" aria-labelledby="title">
      <div class="top">
        <h1 id="title"><a href={linkTo("deployment", run.execution.deployment_id)}>{run.execution.deployment_id}</a> {run.execution.version}</h1>
        <p class="standing">
          <Pill status={run.execution.status} /> {reasonOf(run.execution.reason)}
          {run.execution.next_operation && <> Next: <b>{nameOf(run.execution.next_operation)}</b></>}
        </p>
        <Controls run={run} isLast={isLast} onTold={refresh} />
        <Facts execution={run.execution} link={link} isLast={isLast} />
        <Progress run={run} />
      </div>
      <Tabs tabs={TABS} shown={tab} onShow={setTab} />
      <div class="views">
        <div id="panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
          {tab === "graph" && <GraphView graph={graph} run={run} selected={selected} onSelect={select} onOpen={toDetails} />}
          {tab === "timeline" && <Timeline {...shared} />}
          {tab === "operations" && <Operations {...shared} />}
          {tab === "changes" && <Changes run={run} />}
        </div>
        {selected && <Details ref={details} run={run} graph={graph} selected={selected} onSelect={select} onWanted={refresh} />}
      </div>
    </section>
  );
}
