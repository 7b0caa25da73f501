// SPDX-License-Identifier: Apache-2.0
// planned.tsx - what a plan would do, operation by operation.
import { nameOf } from "../run";
import type { Plan } from "../types";
import { duration, plural, toDoOf } from "../words";
import { Diff, Pill } from "./parts";

const QUIET = ["no_op", "leave"];
const OPEN_MAX = 12;

export function PlannedChanges({ plan }: { plan: Plan }) {
  const changes = plan.operations.filter(({ operation }) => !QUIET.includes(operation));
  const rest = plan.operations.length - changes.length;
  return (
    <div class="planned">
      <p role="status"><b>{toDoOf(plan.summary)}</b>, in about {duration(plan.estimated_time * 1000)}</p>
      {plan.warnings.length > 0 && <ul class="warnings">{plan.warnings.map((warning) => <li key={warning}>{warning}</li>)}</ul>}
      {changes.map((operation) => (
        <details key={`${operation.node_id}@${operation.region}`} open={changes.length <= OPEN_MAX}>
          <summary><Pill status={operation.operation} /> {nameOf(operation)} <small>{operation.type}</small></summary>
          {operation.reason && <p class="quiet">{operation.reason}</p>}
          {operation.diff.length > 0 && <Diff of={nameOf(operation)} items={operation.diff} />}
        </details>
      ))}
      {rest > 0 && <p class="quiet">{plural(rest, "resource")} stay{rest === 1 ? "s" : ""} as {rest === 1 ? "it is" : "they are"}.</p>}
    </div>
  );
}
