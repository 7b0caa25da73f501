// SPDX-License-Identifier: Apache-2.0
// controls.tsx - what can be told to an execution as it stands.
import { useContext, useState } from "preact/hooks";
import { ClientContext, linkTo, SayContext } from "../hooks";
import { type Run } from "../run";
import { sealCredentials, type Credentials } from "../seal";
import type { Execution } from "../types";
import { CredentialsDialog, wantsCredentials } from "./credentials";
import { Dialog, Trouble } from "./parts";

interface Command {
  id: string;
  title: string;
  path: string;
  body: (execution: Execution) => object;
  applies: (execution: Execution) => boolean;
  isFirst?: (execution: Execution) => boolean; // what one would mostly do
  takes?: "credentials" | "may have credentials" | "choices";
}

const isPaused = ({ status }: Execution) => status === "paused";
const isStep = ({ mode }: Execution) => mode === "STEP";
const waits = ({ reason }: Execution) => reason === "awaiting_credentials";
const isDestroy = ({ kind }: Execution) => kind === "destroy";
const nextOf = ({ next_operation: next }: Execution) => next && { expected_next: next.region ? `${next.resource_id}@${next.region}` : next.node_id };
const goOn = (until: string) => (execution: Execution) => ({ until, ...nextOf(execution) });

const COMMANDS: Command[] = [
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
    applies: ({ status, reason }) => isPaused({ status } as Execution) || (status === "running" && reason !== "rolling_back") },
  { id: "retry", title: "Retry", path: "/deploy/apply", body: () => ({}), isFirst: () => true, takes: "may have credentials",
    applies: (e) => ["failed", "cancelled"].includes(e.status) && !isDestroy(e) },
  { id: "retry-step", title: "Retry step by step", path: "/deploy/apply", body: () => ({ mode: "STEP" }),
    takes: "may have credentials", applies: (e) => ["failed", "cancelled"].includes(e.status) && !isDestroy(e) },
  { id: "destroy", title: "Retry", path: "/deploy/destroy", body: () => ({}), isFirst: () => true,
    takes: "may have credentials", applies: (e) => ["failed", "cancelled"].includes(e.status) && isDestroy(e) },
  { id: "again", title: "Apply again", path: "/deploy/apply", body: () => ({}), takes: "may have credentials",
    applies: (e) => e.status === "completed" && e.kind === "apply" },
];

/** Of a move, until it has begun to delete; of an apply, if it was begun so. */
const mayRollBack = (run: Run) =>
  run.execution.on_failure === "rollback" && (run.execution.kind !== "move" ||
    ![...run.operations.values()].some(({ operation, status }) => operation === "delete" && status !== "pending"));

function CancelDialog({ run, onClose, onChosen }: { run: Run; onClose: () => void; onChosen: (body: object) => void }) {
  const [rollback, setRollback] = useState(false);
  const [force, setForce] = useState(false);
  const may = mayRollBack(run);
  return (
    <Dialog title="Cancel this execution?" onClose={onClose}>
      <p>Nothing new starts, and what is under way comes to its end. What was done stays.</p>
      <label><input type="checkbox" checked={rollback} disabled={!may} onChange={(event) => setRollback(event.currentTarget.checked)} /> Undo
        what it has done (roll back){!may && ": it was not begun so, or it is too late"}</label>
      <label><input type="checkbox" checked={force} onChange={(event) => setForce(event.currentTarget.checked)} /> Give up the
        calls that are under way</label>
      <div class="buttons">
        <button type="button" class="danger" onClick={() => onChosen({ ...(rollback && { rollback }), ...(force && { force }) })}>Cancel it</button>
        <button type="button" onClick={onClose}>Leave it</button>
      </div>
    </Dialog>
  );
}

export function Controls({ run, isLast, onTold }: { run: Run; isLast: boolean; onTold: () => Promise<void> }) {
  const client = useContext(ClientContext);
  const say = useContext(SayContext);
  const [asking, setAsking] = useState<Command>();
  const [tells, setTells] = useState(false);
  const [why, setWhy] = useState<Error>();
  const { execution } = run;
  const close = () => setAsking(undefined);

  async function tell(command: Command, more: object = {}, credentials?: Credentials) {
    setAsking(undefined);
    setTells(true);
    setWhy(undefined);
    try {
      const sealed = credentials && { credentials: await sealCredentials(client, credentials) };
      const told = await client.post<Execution>(command.path, { graph_id: execution.graph_id, ...command.body(execution), ...more, ...sealed });
      say(`${command.title.replace("…", "")}: done`);
      if (told.execution_id !== execution.execution_id) location.hash = linkTo("graph", told.graph_id, told.execution_id);
      else await onTold();
    } catch (refused) {
      setWhy(refused as Error);
    }
    setTells(false);
  }

  function begin(command: Command) {
    const needs = command.takes === "credentials" || (command.takes === "may have credentials" && wantsCredentials(run));
    if (command.takes === "choices" || needs) setAsking(command);
    else tell(command);
  }

  if (!isLast) return <p class="quiet">A later execution of this graph is <a href={linkTo("graph", execution.graph_id)}>the last one</a>.</p>;
  const commands = COMMANDS.filter((command) => command.applies(execution));
  return (
    <>
      <div class="buttons" role="group" aria-label="Tell the execution">
        {commands.map((command) => (
          <button key={command.id} id={`do-${command.id}`} type="button" disabled={tells} onClick={() => begin(command)}
            class={command.isFirst?.(execution) ? "primary" : ""}>{command.title}</button>
        ))}
      </div>
      <Trouble why={why} />
      {asking?.takes === "choices" && <CancelDialog run={run} onClose={close} onChosen={(body) => tell(asking, body)} />}
      {asking && asking.takes !== "choices" && (
        <CredentialsDialog run={run} title={asking.title} onClose={close} onGiven={(given) => tell(asking, {}, given)} />
      )}
    </>
  );
}
