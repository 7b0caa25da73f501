// SPDX-License-Identifier: Apache-2.0
// standing.tsx - how an execution stands: what it is about, how far it has come, and why it failed.
import { useNow } from "../hooks";
import { isOver, keyOf, nameOf, type Run } from "../run";
import type { Link } from "../stream";
import type { Execution } from "../types";
import { duration, plural, reasonOf, when, wordOf } from "../words";
import { Pill } from "./parts";

const LINKS: Record<Link, string> = { live: "live", lost: "connecting…", idle: "not followed" };
const DONE = ["completed", "skipped", "rolled_back"];

export function Facts({ execution, link, isLast }: { execution: Execution; link: Link; isLast: boolean }) {
  const now = useNow(!isOver(execution.status));
  const end = execution.completed_at ? Date.parse(execution.completed_at) : now;
  const facts: [string, string | undefined][] = [
    ["Kind", execution.kind + (execution.mode === "FULL" ? "" : `, ${execution.mode.toLowerCase()}`)],
    ["Only", execution.only?.join(", ")], ["All but", execution.except?.join(", ")],
    ["On a failure", execution.on_failure && wordOf(execution.on_failure)],
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

export const Standing = ({ execution: { status, reason, next_operation: next } }: { execution: Execution }) => (
  <p class="standing">
    <Pill status={status} /> {reasonOf(reason)}
    {next && <> Next: <b>{nameOf(next)}</b></>}
  </p>
);

/** The first one that failed, and why: what one comes to look for. */
export function Failed({ run, onSelect, onStatus }: { run: Run; onSelect: (key: string) => void; onStatus: (status: string) => void }) {
  const failed = [...run.operations.values()].filter(({ status }) => status === "failed")
    .sort((a, b) => (a.completed_at ?? "").localeCompare(b.completed_at ?? ""));
  if (failed.length === 0) return null;
  const [first] = failed, { error } = first;
  return (
    <div class="trouble failed">
      <p><button type="button" class="link" onClick={() => onSelect(keyOf(first))}>{nameOf(first)}</button> failed{error && <>: <b>{error.code ?? wordOf(error.type)}</b> {error.message}</>}</p>
      {failed.length > 1 && <p><button type="button" class="link" onClick={() => onStatus("failed")}>and {(failed.length - 1).toLocaleString("en")} more</button></p>}
    </div>
  );
}

export function Progress({ run, onStatus }: { run: Run; onStatus: (status: string) => void }) {
  const counts = run.count(), all = run.operations.size;
  const done = DONE.reduce((sum, status) => sum + (counts.get(status) ?? 0), 0);
  return (
    <div class="progress">
      <progress max={all || 1} value={done} aria-label={`${done} of ${plural(all, "operation")} are done`} />
      <ul class="counts" aria-label="Operations by status">
        {[...counts].map(([status, n]) => (
          <li key={status}><button type="button" class="link" title={`Those that are ${wordOf(status)}`} onClick={() => onStatus(status)}><Pill status={status} /> {n.toLocaleString("en")}</button></li>
        ))}
      </ul>
    </div>
  );
}
