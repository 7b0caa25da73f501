// SPDX-License-Identifier: Apache-2.0
// clock.ts - the service's time, by the Date of its answers: times are its own, and the browser's clock may be wrong.

let least = -Infinity, most = Infinity; // how far the service's clock is ahead of the browser's

/** A Date tells whole seconds, and was written between the question and the answer. */
export function noteDate(date: string | null, asked: number, answered: number): void {
  const told = date ? Date.parse(date) : NaN;
  if (Number.isNaN(told)) return;
  const [from, to] = [told - answered, told + 1000 - asked];
  if (from > most || to < least) [least, most] = [from, to]; // one of the clocks was set
  else [least, most] = [Math.max(least, from), Math.min(most, to)];
}

/** None that may be none. */
const ahead = () => (least > 0 ? least : most < 0 ? most : 0);

export const serverNow = () => Date.now() + ahead();
