// SPDX-License-Identifier: Apache-2.0
// timeline.tsx - when each operation began and ended, as a Gantt chart.
import { useNow, useSeen } from "../hooks";
import { isOver, keyOf, nameOf } from "../run";
import type { Operation } from "../types";
import { duration, plural, wordOf } from "../words";
import { type ListProps, tookOf } from "./operations";

const ROW = 28, TICKS = 4;

interface Span { from: number; length: number }

function spanOf(operations: Operation[], now: number): Span {
  let from = Infinity, to = -Infinity;
  for (const { started_at, completed_at } of operations) {
    from = Math.min(from, Date.parse(started_at!));
    to = Math.max(to, completed_at ? Date.parse(completed_at) : now);
  }
  return { from, length: Math.max(1, to - from) };
}

const percent = (part: number) => `${(part * 100).toFixed(3)}%`;

function Bar({ operation, span, now, isSelected, onSelect }: { operation: Operation; span: Span; now: number; isSelected: boolean; onSelect: () => void }) {
  const began = Date.parse(operation.started_at!) - span.from, took = tookOf(operation, now)!;
  return (
    <button type="button" class={`bar-row${isSelected ? " is-selected" : ""}`} aria-pressed={isSelected} onClick={onSelect}>
      <span class="bar-name" title={nameOf(operation)}>{nameOf(operation)}</span>
      <span class="unseen">, {wordOf(operation.status)}, began after {duration(began)}, took </span>
      <span class="bar-track">
        <span class={`bar is-${operation.status}`} style={{ left: percent(began / span.length), width: percent(Math.max(took / span.length, 0.002)) }} />
      </span>
      <span class="bar-took">{duration(took)}</span>
    </button>
  );
}

export function Timeline({ run, selected, onSelect }: ListProps) {
  const now = useNow(!isOver(run.execution.status) && run.execution.status !== "paused");
  const begun = [...run.operations.values()].filter(({ started_at }) => started_at)
    .sort((a, b) => Date.parse(a.started_at!) - Date.parse(b.started_at!));
  const { ref, from, to } = useSeen(begun.length, ROW);
  const span = spanOf(begun, now);
  const idle = run.operations.size - begun.length;
  return (
    <div class="timeline">
      {begun.length > 0 && (
        <div class="axis" aria-hidden="true">
          {Array.from({ length: TICKS + 1 }, (_, i) => <span key={i} style={{ left: percent(i / TICKS) }}>{duration((span.length * i) / TICKS)}</span>)}
        </div>
      )}
      <div class="scrolls rows" ref={ref} role="group" aria-label="Timeline">
        <div style={{ height: `${from * ROW}px` }} />
        {begun.slice(from, to).map((operation) => (
          <Bar key={keyOf(operation)} operation={operation} span={span} now={now} isSelected={keyOf(operation) === selected}
            onSelect={() => onSelect(keyOf(operation))} />
        ))}
        <div style={{ height: `${(begun.length - to) * ROW}px` }} />
      </div>
      {idle > 0 && <p class="quiet">{plural(idle, "operation")} did not begin{isOver(run.execution.status) ? "" : " yet"}.</p>}
    </div>
  );
}
