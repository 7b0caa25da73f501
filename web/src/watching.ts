// SPDX-License-Identifier: Apache-2.0
// watching.ts - an execution that is loaded, and followed by its events for as long as it is looked at.
import { useCallback, useContext, useEffect, useState } from "preact/hooks";
import { isPassing, type Client } from "./api";
import { readExecutionGraph, type Graph } from "./graph";
import { ClientContext, HealthContext, linkTo, SayContext } from "./hooks";
import { nameOf, Run } from "./run";
import { follow, type Link, readKept, wait } from "./stream";
import type { Execution, Happening, MGraph } from "./types";
import { reasonOf } from "./words";

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

const laterIn = (events: Happening[], than: string) =>
  events.find(({ execution_id, type }) => execution_id && type === "execution" && execution_id !== than)?.execution_id;

/** Loads it, and follows its events. Who asked for the graph's last one is taken to a later one; who asked for this one is told of it. */
export function useExecution(graphId: string, executionId?: string) {
  const client = useContext(ClientContext);
  const say = useContext(SayContext);
  const health = useContext(HealthContext);
  const [loaded, setLoaded] = useState<Loaded>();
  const [why, setWhy] = useState<Error>();
  const [link, setLink] = useState<Link>("idle");
  const [later, setLater] = useState<string>();
  const refresh = useCallback(async () => {
    if (!loaded) return;
    const { execution_id } = loaded.run.execution;
    loaded.run.take(await client.get<Execution>(`/deploy/status/${graphId}?execution=${execution_id}`));
  }, [client, graphId, loaded]);
  /** What programs wrote before the stream begins. */
  const readWritten = useCallback(async (signal: AbortSignal) => {
    if (!loaded || loaded.run.hasWritten) return;
    const { events_after, last_event } = loaded.run.execution;
    await readKept(client, `/deploy/events/${graphId}`, events_after, last_event, (events) => loaded.run.hearWritten(events), signal);
    loaded.run.hasWritten = !signal.aborted;
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
        const before = run.execution, later = laterIn(events, before.execution_id);
        if (run.hear(events)) persist(refresh, stop.signal, () => {}).catch(() => {});
        if (run.execution !== before) say(saidOf(run.execution));
        if (later && executionId) setLater(later);
        else if (later) location.replace(linkTo("graph", graphId, later));
      },
    }, stop.signal);
    return () => { stop.abort(); health.note("stream"); };
  }, [client, graphId, loaded]);

  return { loaded, why, link, later, refresh, readWritten };
}
