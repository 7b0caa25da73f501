// SPDX-License-Identifier: Apache-2.0
// run.ts - an execution as it is now: as it was answered, and what the events have said since.
import { Log } from "./log";
import type { Execution, Happening, Operation } from "./types";

const OVER = ["completed", "failed", "cancelled"];

export const keyOf = (of: { node_id?: string; region?: string }) => `${of.node_id}@${of.region ?? ""}`;
export const nameOf = (of: { resource_id?: string; region?: string }) =>
  of.region ? `${of.resource_id}@${of.region}` : `${of.resource_id}`;
export const isOver = (status: string) => OVER.includes(status);

const timeOf = (text?: string) => (text ? Date.parse(text) : 0);

export class Run {
  readonly operations = new Map<string, Operation>();
  readonly logs = new Map<string, Log>();
  hasWritten = false; // all that programs wrote before it was loaded was read
  private listeners = new Set<(keys: Set<string>) => void>();
  private changed = new Set<string>();
  private asked = 0;

  constructor(public execution: Execution) {
    this.take(execution);
  }

  /** As it was answered: newer than all events that were heard before it was asked for. */
  take(execution: Execution): void {
    this.execution = execution;
    for (const operation of execution.operations) {
      this.operations.set(keyOf(operation), operation);
      this.changed.add(keyOf(operation));
    }
    this.tell();
  }

  subscribe(listener: (keys: Set<string>) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Once for all that comes before the next picture. */
  private tell(): void {
    if (this.asked !== 0) return;
    this.asked = requestAnimationFrame(() => {
      const keys = this.changed;
      this.asked = 0;
      this.changed = new Set();
      for (const listener of this.listeners) listener(keys);
    });
  }

  /** True: it has come to rest, and there is more to be known than events tell. */
  hear(events: Happening[]): boolean {
    let rests = false;
    for (const event of events) {
      if (event.execution_id !== this.execution.execution_id) continue;
      if (event.type === "node") this.hearNode(event);
      else if (event.type === "output") this.hearOutput(event);
      else if (event.type === "execution") rests = this.hearExecution(event) || rests;
    }
    this.tell();
    return rests;
  }

  /** Of what was before, only that: how all stands now is known better. */
  hearWritten(events: Happening[]): void {
    for (const event of events) {
      if (event.execution_id === this.execution.execution_id && event.type === "output") this.hearOutput(event);
    }
    this.tell();
  }

  private hearExecution(event: Happening): boolean {
    const { status, reason, next_operation } = event;
    this.execution = { ...this.execution, status, reason, next_operation, last_event: event.seq };
    return status !== "running" && status !== "pending";
  }

  /** What was answered may be newer than the event, which is then old news. */
  private hearNode(event: Happening): void {
    const key = keyOf(event);
    const known = this.operations.get(key);
    if (!known || timeOf(event.time) < Math.max(timeOf(known.started_at), timeOf(known.completed_at))) return;
    const now: Operation = {
      ...known, operation: event.operation ?? known.operation, status: event.status, phase: event.phase ?? known.phase,
      attempt: event.attempt ?? known.attempt, error: event.error,
    };
    if (!now.started_at && event.status !== "pending") now.started_at = event.time;
    if (event.status !== "running" && event.status !== "pending") now.completed_at = event.time;
    this.operations.set(key, now);
    this.changed.add(key);
  }

  private hearOutput(event: Happening): void {
    const key = keyOf(event);
    const log = this.logs.get(key) ?? new Log();
    log.add(event);
    this.logs.set(key, log);
    this.changed.add(key);
  }

  /** How many are in each status. */
  count(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { status } of this.operations.values()) counts.set(status, (counts.get(status) ?? 0) + 1);
    return counts;
  }
}
