// SPDX-License-Identifier: Apache-2.0
// stale.tsx - says since when what is shown is not up to date, and why: nothing else on the page looks any different then.
import { useContext, useEffect, useState } from "preact/hooks";
import { serverNow } from "../clock";
import { HealthContext } from "../hooks";
import { when } from "../words";

const AFTER_MS = 3000; // what is put right sooner is not worth a word

export function StaleBar() {
  const health = useContext(HealthContext);
  const [, setTurn] = useState(0);
  const stale = health.worst();
  const isTold = stale !== undefined && serverNow() - stale.since >= AFTER_MS;
  useEffect(() => health.subscribe(() => setTurn((n) => n + 1)), [health]);
  useEffect(() => {
    if (!stale || isTold) return;
    const timer = setTimeout(() => setTurn((n) => n + 1), stale.since + AFTER_MS - serverNow());
    return () => clearTimeout(timer);
  }, [stale?.since, isTold]);
  return (
    <div class="stale" aria-live="assertive">
      {isTold && <p class="warning"><b>Not up to date</b> since {when(new Date(stale.since).toISOString())}: {stale.why}</p>}
    </div>
  );
}
