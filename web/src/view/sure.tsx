// SPDX-License-Identifier: Apache-2.0
// sure.tsx - asks before an execution is begun that deletes, or that goes back behind what came after it.
import type { Command } from "../commands";
import { leftToDelete } from "../commands";
import { linkTo } from "../hooks";
import { nameOf, type Run } from "../run";
import type { Execution, Past } from "../types";
import { plural, when } from "../words";
import { Dialog } from "./parts";

const NAMES_MAX = 12;
const DID: Record<string, string> = { apply: "was applied", destroy: "was destroyed", move: "was moved" };

/** What came after it, of another graph. */
export const Newer = ({ past }: { past: Past }) => (
  <p class="warning">
    Another version{past.version && <>, <bdi>{past.version}</bdi>,</>} {DID[past.kind ?? ""] ?? "was run"} after
    this: <a href={linkTo("graph", past.graph_id, past.execution_id)}>{when(past.created_at)}</a>
  </p>
);

const Choice = ({ execution: { only, except } }: { execution: Execution }) => (
  <>
    {only && <p>Only {only.join(", ")} and what refers to {only.length === 1 ? "it" : "them"}, as it was asked for.</p>}
    {except && <p>All but {except.join(", ")} and what {except.length === 1 ? "it refers" : "they refer"} to, as it was asked for.</p>}
  </>
);

function Deleted({ run }: { run: Run }) {
  const left = leftToDelete(run);
  return (
    <>
      <p>It deletes what is still there of {plural(left.length, "resource")}:</p>
      <ul>
        {left.slice(0, NAMES_MAX).map((operation) => <li key={operation.node_id + operation.region}><b>{nameOf(operation)}</b> <small>{operation.type}</small></li>)}
        {left.length > NAMES_MAX && <li>and {(left.length - NAMES_MAX).toLocaleString("en")} more</li>}
      </ul>
      <Choice execution={run.execution} />
      {run.execution.empty && <p>What is in {run.execution.empty === true ? "them" : run.execution.empty.join(", ")} is deleted, too.</p>}
    </>
  );
}

const destroys = ({ begins, id }: Command) => begins === "a destroy" || id === "move-on";
export const needsToBeSure = (command: Command, newer?: Past) => command.begins !== undefined && (destroys(command) || newer !== undefined);

interface Props { run: Run; command: Command; newer?: Past; onClose: () => void; onSure: () => void }

export function SureDialog({ run, command, newer, onClose, onSure }: Props) {
  const { deployment_id, version, kind } = run.execution;
  const called = version || "this version";
  const act = destroys(command) ? "Delete them" : `Go back to ${called}`;
  const title = kind === "destroy" ? `Destroy ${called} of ${deployment_id} once more?`
    : kind === "move" ? `Delete what ${deployment_id} was moved from?` : `Go back to ${called} of ${deployment_id}?`;
  return (
    <Dialog title={title} onClose={onClose}>
      {newer && <Newer past={newer} />}
      {newer && !destroys(command) && <p>An apply of {called} undoes what that one has changed.</p>}
      {destroys(command) && <Deleted run={run} />}
      <div class="buttons">
        <button type="button" class="danger" onClick={onSure}>{act}</button>
        <button type="button" onClick={onClose}>Leave it</button>
      </div>
    </Dialog>
  );
}
