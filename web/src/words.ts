// SPDX-License-Identifier: Apache-2.0
// words.ts - how statuses, times and values are written; a mark stands beside each colour, for who can't tell those.

const MARKS: Record<string, string> = {
  pending: "○", running: "▶", paused: "‖", completed: "✓", failed: "✗", blocked: "⊘", skipped: "↷", cancelled: "■",
  rolled_back: "↺", create: "+", update: "~", replace: "±", delete: "−", move: "→", adopt: "⇤", no_op: "=", leave: "·",
  ensure: "?", verify: "?", added: "+", removed: "−", changed: "~",
};

const REASONS: Record<string, string> = {
  step: "one operation was done",
  asked: "as asked",
  pause_edge: "what is next lies behind a pause",
  awaiting_credentials: "it waits for credentials",
  quarantined: "too many processes have died of it",
  pausing: "pausing: what is under way comes to its end",
  cancelling: "cancelling: what is under way comes to its end",
  rolling_back: "what was done is being undone",
  end_edge: "as far as an end of the config",
  something_left: "there is more of the deployment",
  rolled_back: "all is as it was before",
  rollback_incomplete: "not all could be undone",
};

export const markOf = (status: string) => MARKS[status] ?? "•";
export const wordOf = (status: string) => status.replaceAll("_", " ");
export const reasonOf = (reason?: string) => (reason ? REASONS[reason] ?? wordOf(reason) : "");
export const plural = (n: number, one: string) => `${n.toLocaleString("en")} ${one}${n === 1 ? "" : "s"}`;

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000), seconds = Math.floor((ms % 60_000) / 1000);
  return minutes < 60 ? `${minutes} min ${seconds} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const clock = new Intl.DateTimeFormat(undefined, {
  year: "numeric", month: "short", day: "numeric", hour: "numeric", minute: "2-digit", second: "2-digit", timeZoneName: "short",
});
export const when = (text?: string) => (text ? clock.format(new Date(text)) : "");

export const asText = (value: unknown) =>
  typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value, null, 2);

/** What is counted, as it is called once it is done, and before. */
const SUMMARY: [string, string, string][] = [["add", "added", "to add"], ["change", "changed", "to change"],
  ["replace", "replaced", "to replace"], ["move", "moved", "to move"], ["adopt", "adopted", "to adopt"],
  ["destroy", "destroyed", "to destroy"], ["no_op", "as it was", "as it is"], ["added", "added", ""], ["removed", "removed", ""],
  ["changed", "changed", ""], ["unchanged", "unchanged", ""]];

function count(summary: Record<string, number>, wordOf: (words: string[]) => string): string {
  const parts = SUMMARY.filter(([name]) => summary[name] > 0)
    .map(([name, ...words]) => `${summary[name].toLocaleString("en")} ${wordOf(words)}`);
  return parts.join(", ") || "nothing";
}
export const summaryOf = (summary?: Record<string, number>) => (summary ? count(summary, ([done]) => done) : "");
export const toDoOf = (summary: Record<string, number>) => count(summary, ([, toDo]) => toDo);
