// SPDX-License-Identifier: Apache-2.0
// controls.tsx - what can be told to an execution as it stands.
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import type { Client } from "../api";
import { COMMANDS, isMoveToRepeat, type Command } from "../commands";
import { ClientContext, linkTo, SayContext, useLoaded } from "../hooks";
import { isOver, type Run } from "../run";
import { sealCredentials, type Credentials } from "../seal";
import type { Execution, History, Past } from "../types";
import { CredentialsDialog, typesOf, wantsCredentials } from "./credentials";
import { Dialog, Trouble } from "./parts";
import { Newer, needsToBeSure, SureDialog } from "./sure";

const LOOKS_EVERY_MS = 15_000;

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

/** The deployment's last execution, if it is of another graph: to begin this one again goes back behind it. */
async function newerOf(client: Client, { deployment_id, graph_id }: Execution, signal?: AbortSignal): Promise<Past | undefined> {
  const path = `/deploy/history/${encodeURIComponent(deployment_id)}?limit=1`;
  const { executions: [last] } = await client.get<History>(path, signal);
  return last && last.graph_id !== graph_id ? last : undefined;
}

interface Asking { command: Command; what: "choices" | "sure" | "credentials"; newer?: Past }

/** What is asked before a command goes out. */
function askOf(command: Command, run: Run, newer?: Past): Asking["what"] | undefined {
  if (command.takes === "choices") return "choices";
  if (needsToBeSure(command, newer)) return "sure";
  return asksForCredentials(command, run) ? "credentials" : undefined;
}
const asksForCredentials = ({ takes }: Command, run: Run) =>
  takes === "credentials" || (takes === "may have credentials" && wantsCredentials(run));

export function Controls({ run, isLast, onTold }: { run: Run; isLast: boolean; onTold: () => Promise<void> }) {
  const client = useContext(ClientContext);
  const say = useContext(SayContext);
  const [asking, setAsking] = useState<Asking>();
  const [tells, setTells] = useState(false);
  const [why, setWhy] = useState<Error>();
  const { execution } = run;
  const over = isOver(execution.status);
  const { value: newer } = useLoaded(async (signal) => (over && isLast ? newerOf(client, execution, signal) : undefined),
    [client, execution.execution_id, over, isLast], LOOKS_EVERY_MS);
  const group = useRef<HTMLDivElement>(null), pressed = useRef<string | undefined>(undefined);
  const close = () => setAsking(undefined);

  async function tell(command: Command, more: object = {}, credentials?: Credentials) {
    const sealed = credentials && { credentials: await sealCredentials(client, credentials) };
    const told = await client.post<Execution>(command.path, { graph_id: execution.graph_id, ...command.body(execution), ...more, ...sealed });
    say(`${command.title.replace("…", "")}: done`);
    if (told.execution_id !== execution.execution_id) location.hash = linkTo("graph", told.graph_id, told.execution_id);
    else await onTold();
  }

  /** One thing at a time, and what is refused is told. */
  async function attempt(what: () => Promise<void>) {
    if (tells) return;
    setAsking(undefined);
    setTells(true);
    setWhy(undefined);
    await what().catch(setWhy);
    setTells(false);
  }

  const begin = (command: Command) => attempt(async () => {
    pressed.current = `do-${command.id}`;
    const newer = command.begins && await newerOf(client, execution); // as it is by now
    const what = askOf(command, run, newer);
    if (what) setAsking({ command, what, newer });
    else await tell(command);
  });
  const go = (command: Command, more?: object, credentials?: Credentials) => attempt(() => tell(command, more, credentials));

  // Who has pressed a button that goes while it is done stays at it, or where it was.
  useEffect(() => {
    const at = document.activeElement;
    if (pressed.current === undefined || tells) return;
    if (at === document.body || at === group.current) (document.getElementById(pressed.current) ?? group.current)?.focus();
    else if (at?.id !== pressed.current && !at?.closest("dialog")) pressed.current = undefined;
  });

  if (!isLast) return <p class="quiet">A later execution of this graph is <a href={linkTo("graph", execution.graph_id)}>the last one</a>.</p>;
  const commands = COMMANDS.filter((command) => command.applies(execution, run));
  return (
    <>
      {newer && <Newer past={newer} />}
      <div ref={group} class="buttons" role="group" tabIndex={-1} aria-label="Tell the execution">
        {commands.map((command) => (
          <button key={command.id} id={`do-${command.id}`} type="button" aria-disabled={tells} onClick={() => begin(command)}
            class={command.isFirst?.(execution) && !newer ? "primary" : ""}>{command.title}</button>
        ))}
      </div>
      {isMoveToRepeat(run) && <p class="quiet">Nothing was deleted. To move it, begin the move again: <code>mgraph-deploy move</code>, or <code>POST /deploy/move</code>.</p>}
      <Trouble why={why} />
      {asking?.what === "choices" && <CancelDialog run={run} onClose={close} onChosen={(body) => go(asking.command, body)} />}
      {asking?.what === "sure" && (
        <SureDialog run={run} command={asking.command} newer={asking.newer} onClose={close}
          onSure={() => (asksForCredentials(asking.command, run) ? setAsking({ ...asking, what: "credentials" }) : go(asking.command))} />
      )}
      {asking?.what === "credentials" && (
        <CredentialsDialog types={typesOf(run)} title={asking.command.title.replace("…", "")} onClose={close} onGiven={(given) => go(asking.command, {}, given)} />
      )}
    </>
  );
}
