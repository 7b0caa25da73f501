// SPDX-License-Identifier: Apache-2.0
// health.ts - is what is shown up to date? Who asks every so often, and who reads the stream, notes here how that goes.

import { serverNow } from "./clock";

export interface Stale { since: number; why: string }

export class Health {
  private readonly stale = new Map<string, Stale>();
  private readonly listeners = new Set<() => void>();

  /** What goes well again has no `why`. */
  note(what: string, why?: string): void {
    const known = this.stale.get(what);
    if (known?.why === why) return;
    if (why === undefined) this.stale.delete(what);
    else this.stale.set(what, { since: known?.since ?? serverNow(), why });
    for (const listener of this.listeners) listener();
  }

  /** What has been so for the longest time. */
  worst(): Stale | undefined {
    return [...this.stale.values()].sort((a, b) => a.since - b.since)[0];
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
