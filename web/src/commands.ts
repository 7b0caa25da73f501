// SPDX-License-Identifier: Apache-2.0
// commands.ts - what can be told to an execution as it stands, and what is sent for it.
import type { Run } from "./run";
import type { Execution, Operation } from "./types";

export interface Command {
  id: string;
  title: string;
  path: string;
  body: (execution: Execution) => object;
  applies: (execution: Execution, run: Run) => boolean;
  isFirst?: (execution: Execution) => boolean; // what one would mostly do
  takes?: "credentials" | "may have credentials" | "choices";
  begins?: "an apply" | "a destroy"; // another execution, which may undo what was done since
}

const isPaused = ({ status }: Execution) => status === "paused";
const isStep = ({ mode }: Execution) => mode === "STEP";
const waits = ({ reason }: Execution) => reason === "awaiting_credentials";
const hasFailed = ({ status }: Execution) => ["failed", "cancelled"].includes(status);

/** How a request names it: in this region alone. */
export const requestNameOf = (of: { node_id: string; resource_id: string; region: string }) =>
  of.region ? `${of.resource_id}@${of.region}` : of.node_id;
export const nextOf = ({ next_operation: next }: Execution) => next && { expected_next: requestNameOf(next) };
const goOn = (until: string) => (execution: Execution) => ({ until, ...nextOf(execution) });

const given = (members: object) => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
/** As it was asked for: what was left out of it stays left out. */
const asAsked = ({ only, except, on_failure }: Execution) => given({ only, except, on_failure });
const asDestroyed = ({ only, except, empty }: Execution) => given({ only, except, empty });

/** Of a move: what it comes from may be gone, and there is no way back. */
export const hasBegunToDelete = (run: Run) => [...run.operations.values()].some(({ operation, status, attempt }) =>
  operation === "delete" && (attempt > 0 || ["running", "completed"].includes(status)));
const isMoveToEnd = (e: Execution, run: Run) => e.kind === "move" && hasFailed(e) && hasBegunToDelete(run);
export const isMoveToRepeat = (run: Run) => run.execution.kind === "move" && hasFailed(run.execution) && !hasBegunToDelete(run);

/** In place of what is next: what is paused can be told to do this, or to leave it out. */
export const AT_PAUSE = {
  "do-next": { title: "Do this next", body: (name: string) => ({ until: "step", from_node: name }) },
  "do-skip": { title: "Skip it and continue", body: (name: string) => ({ skip: [name] }) },
};
export const isToBeSteered = (execution: Execution) => isPaused(execution) && !waits(execution);

/** What a destroy that is begun again would delete. */
export const leftToDelete = (run: Run): Operation[] =>
  [...run.operations.values()].filter(({ status }) => !["completed", "skipped"].includes(status));

export const COMMANDS: Command[] = [
  { id: "step", title: "Step", path: "/deploy/continue", body: goOn("step"), isFirst: isStep,
    applies: (e) => isPaused(e) && !waits(e) },
  { id: "continue", title: "Continue", path: "/deploy/continue", body: goOn("pause"), isFirst: (e) => !isStep(e),
    applies: (e) => isPaused(e) && !waits(e) },
  { id: "to-end", title: "Run to the end", path: "/deploy/continue", body: goOn("end"),
    applies: (e) => isPaused(e) && !waits(e) },
  { id: "resume", title: "Continue with credentials", path: "/deploy/continue", body: () => ({}), isFirst: () => true,
    applies: (e) => isPaused(e) && waits(e), takes: "credentials" },
  { id: "pause", title: "Pause", path: "/deploy/pause", body: () => ({}), isFirst: () => true,
    applies: ({ status, reason }) => status === "running" && !reason },
  { id: "cancel", title: "Cancel…", path: "/deploy/cancel", body: () => ({}), takes: "choices",
    applies: (e) => isPaused(e) || (e.status === "running" && e.reason !== "rolling_back") },
  { id: "retry", title: "Retry", path: "/deploy/apply", body: asAsked, isFirst: (e) => !isStep(e), takes: "may have credentials",
    begins: "an apply", applies: (e) => hasFailed(e) && e.kind === "apply" },
  { id: "retry-step", title: "Retry step by step", path: "/deploy/apply", body: (e) => ({ ...asAsked(e), mode: "STEP" }), isFirst: isStep,
    takes: "may have credentials", begins: "an apply", applies: (e) => hasFailed(e) && e.kind === "apply" },
  { id: "move-on", title: "Bring the move to its end…", path: "/deploy/apply", body: () => ({}), isFirst: () => true,
    takes: "may have credentials", begins: "an apply", applies: isMoveToEnd },
  { id: "destroy", title: "Retry the destroy…", path: "/deploy/destroy", body: asDestroyed, isFirst: () => true,
    takes: "may have credentials", begins: "a destroy", applies: (e) => hasFailed(e) && e.kind === "destroy" },
  { id: "again", title: "Apply again", path: "/deploy/apply", body: asAsked, takes: "may have credentials",
    begins: "an apply", applies: (e) => e.status === "completed" && e.kind === "apply" },
];
