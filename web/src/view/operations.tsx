// SPDX-License-Identifier: Apache-2.0
// operations.tsx - every operation in a table: what the graph shows, for who reads or hears it.
import { useState } from "preact/hooks";
import { serverNow } from "../clock";
import { useNow, useSeen } from "../hooks";
import { keyOf, nameOf, type Run } from "../run";
import type { Operation } from "../types";
import { duration, plural, wordOf } from "../words";
import { Pill } from "./parts";

const ROW = 34;

export interface ListProps { run: Run; selected?: string; onSelect: (key: string) => void }

export const tookOf = (operation: Operation, now = serverNow()) =>
  operation.started_at ? (operation.completed_at ? Date.parse(operation.completed_at) : now) - Date.parse(operation.started_at) : undefined;

export function Operations({ run, selected, onSelect, status, onStatus }: ListProps & { status: string; onStatus: (status: string) => void }) {
  const [wanted, setWanted] = useState("");
  const all = [...run.operations.values()];
  const found = all.filter((operation) => (status === "" || operation.status === status) &&
    `${nameOf(operation)} ${operation.type} ${operation.composite ?? ""}`.toLowerCase().includes(wanted.toLowerCase()));
  const now = useNow(found.some((operation) => operation.status === "running"));
  const { ref, from, to } = useSeen(found.length, ROW);
  return (
    <div class="operations">
      <div class="buttons">
        <input type="search" aria-label="Find an operation" placeholder="Find" value={wanted} onInput={(event) => setWanted(event.currentTarget.value)} />
        <select aria-label="Status" value={status} onChange={(event) => onStatus(event.currentTarget.value)}>
          <option value="">all statuses</option>
          {[...run.count().keys()].sort().map((name) => <option key={name} value={name}>{wordOf(name)}</option>)}
        </select>
        <span class="quiet">{plural(found.length, "operation")}</span>
      </div>
      <div class="scrolls rows" ref={ref} tabIndex={0} role="region" aria-label="Operations">
        <table aria-rowcount={found.length + 1}>
          <thead><tr aria-rowindex={1}><th scope="col">Resource</th><th scope="col">Status</th><th scope="col">Operation</th>
            <th scope="col">Type</th><th scope="col">Phase</th><th scope="col">Attempts</th><th scope="col">Took</th></tr></thead>
          <tbody>
            {from > 0 && <tr aria-hidden="true" style={{ height: `${from * ROW}px` }}><td colSpan={7} /></tr>}
            {found.slice(from, to).map((operation, i) => {
              const took = tookOf(operation, now), key = keyOf(operation);
              return (
                <tr key={key} aria-rowindex={from + i + 2} class={key === selected ? "is-selected" : ""}>
                  <th scope="row"><button type="button" class="link" aria-pressed={key === selected} onClick={() => onSelect(key)}>{nameOf(operation)}</button></th>
                  <td><Pill status={operation.status} /></td><td>{wordOf(operation.operation)}</td><td>{operation.type}</td>
                  <td>{operation.phase}</td><td>{operation.attempt}</td><td>{took !== undefined && duration(took)}</td>
                </tr>
              );
            })}
            {to < found.length && <tr aria-hidden="true" style={{ height: `${(found.length - to) * ROW}px` }}><td colSpan={7} /></tr>}
          </tbody>
        </table>
      </div>
    </div>
  );
}
