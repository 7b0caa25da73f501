// SPDX-License-Identifier: Apache-2.0
// execution.tsx - one execution, live: how it stands, what can be told to it, and four ways to look at it.
import { useCallback, useContext, useEffect, useRef, useState } from "preact/hooks";
import { isPassing } from "../api";
import { linkTo, ShowsContext, useInPlace, useRun } from "../hooks";
import { useExecution } from "../watching";
import { markOf } from "../words";
import { Changes } from "./changes";
import { Controls } from "./controls";
import { Details } from "./details";
import { GraphView } from "./graph-view";
import { Operations } from "./operations";
import { Heading, Tabs, Trouble } from "./parts";
import { Facts, Failed, Progress, Standing } from "./standing";
import { Timeline } from "./timeline";

const TABS = [{ id: "graph", title: "Graph" }, { id: "timeline", title: "Timeline" },
  { id: "operations", title: "Operations" }, { id: "changes", title: "Changes" }];

/** Which operation is looked at, by the address; who lets go of it is back where it was chosen. */
function useSelected() {
  const [selected, setSelected] = useInPlace("node", "");
  const details = useRef<HTMLElement>(null);
  const opener = useRef<Element | null>(null);
  const select = useCallback((key?: string) => {
    if (key && !details.current?.contains(document.activeElement)) opener.current = document.activeElement;
    const within = details.current?.contains(document.activeElement);
    setSelected(key ?? "");
    if (key || !within) return;
    const back = opener.current?.isConnected ? opener.current : document.querySelector("[role=tab][aria-selected=true]");
    (back as HTMLElement | null)?.focus();
  }, []);
  const toDetails = useCallback(() => details.current?.focus(), []);
  return { selected: selected || undefined, select, details, toDetails };
}

const Loading = ({ why }: { why?: Error }) => why ? (
  <>
    <Trouble why={why} />
    {isPassing(why) && <p class="quiet">It is asked for again every few seconds.</p>}
  </>
) : <p aria-busy="true">Loading…</p>;

export function ExecutionPage({ graphId, executionId }: { graphId: string; executionId?: string }) {
  const { loaded, why, link, later, refresh, readWritten } = useExecution(graphId, executionId);
  const [tab, setTab] = useInPlace("tab", "graph", TABS.map(({ id }) => id));
  const [status, setStatus] = useState("");
  const { selected, select, details, toDetails } = useSelected();
  const shows = useContext(ShowsContext), deployment = loaded?.run.execution.deployment_id;
  useRun(loaded?.run);
  useEffect(() => {
    shows(deployment);
    return () => shows(undefined);
  }, [deployment]);
  if (!loaded) return <Loading why={why} />;
  const { run, graph, isLast } = loaded, { execution } = run;
  const shared = { run, selected, onSelect: select };
  const onKey = ({ key, target }: KeyboardEvent) => { if (key === "Escape" && !(target as Element).closest("dialog, input")) select(undefined); };
  const showStatus = (status: string) => { setStatus(status); setTab("operations"); };
  return (
    <section class="execution" aria-labelledby="title">
      <div class="top">
        <Heading title={`${markOf(execution.status)} ${execution.deployment_id} ${execution.version}`.trim()}>
          <a href={linkTo("deployment", execution.deployment_id)}><bdi>{execution.deployment_id}</bdi></a> <bdi>{execution.version}</bdi>
        </Heading>
        <Standing execution={execution} />
        {later && <p class="warning" role="status">A later execution has begun: <a href={linkTo("graph", graphId, later)}>go there</a></p>}
        <Failed run={run} onSelect={select} onStatus={showStatus} />
        <Controls run={run} isLast={isLast && !later} onTold={refresh} />
        <Facts execution={execution} link={link} isLast={isLast} />
        <Progress run={run} onStatus={showStatus} />
      </div>
      <Tabs tabs={TABS} shown={tab} onShow={setTab} />
      <div class="views" onKeyDown={onKey}>
        <div id="panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
          {tab === "graph" && <GraphView graph={graph} run={run} selected={selected} onSelect={select} onOpen={toDetails} />}
          {tab === "timeline" && <Timeline {...shared} />}
          {tab === "operations" && <Operations {...shared} status={status} onStatus={setStatus} />}
          {tab === "changes" && <Changes run={run} />}
        </div>
        {selected && <Details ref={details} run={run} graph={graph} selected={selected} isLast={isLast && !later} onSelect={select}
          onWanted={refresh} onWritten={readWritten} />}
      </div>
    </section>
  );
}
