// SPDX-License-Identifier: Apache-2.0
// history.tsx - the executions of a deployment, the newest first.
import { useContext } from "preact/hooks";
import { ClientContext, linkTo, usePages } from "../hooks";
import type { History, Past } from "../types";
import { duration, reasonOf, summaryOf, when } from "../words";
import { Heading, Pill, Trouble } from "./parts";

const EVERY_MS = 4000, PAGE = 50;

const Row = ({ past }: { past: Past }) => (
  <tr>
    <th scope="row" class="date"><a href={linkTo("graph", past.graph_id, past.execution_id)}>{when(past.created_at)}</a></th>
    <td>{past.status && <Pill status={past.status} />} <span class="quiet">{reasonOf(past.reason)}</span></td>
    <td><bdi>{past.version}</bdi></td>
    <td>{past.kind}{past.mode && past.mode !== "FULL" ? `, ${past.mode.toLowerCase()}` : ""}</td>
    <td>{summaryOf(past.summary)}</td>
    <td>{past.duration_seconds !== undefined && duration(past.duration_seconds * 1000)}</td>
    <td>{past.actor}</td>
  </tr>
);

export function HistoryPage({ deployment }: { deployment: string }) {
  const client = useContext(ClientContext);
  const { items, why, more } = usePages<History, Past>(client, `/deploy/history/${encodeURIComponent(deployment)}?limit=${PAGE}`,
    (page) => page.executions, (past) => past.execution_id, EVERY_MS);

  return (
    <section aria-labelledby="title">
      <Heading title={deployment}><bdi>{deployment}</bdi></Heading>
      <Trouble why={why} />
      {!items && !why && <p aria-busy="true">Loading…</p>}
      {items && (
        <div class="scrolls" tabIndex={0} role="region" aria-label="Executions">
          <table>
            <thead><tr><th scope="col">Begun</th><th scope="col">Status</th><th scope="col">Version</th><th scope="col">Kind</th>
              <th scope="col">Done</th><th scope="col">Took</th><th scope="col">By</th></tr></thead>
            <tbody>
              {items.map((past) => <Row key={past.execution_id} past={past} />)}
            </tbody>
          </table>
        </div>
      )}
      {more && <button type="button" onClick={more}>Show older ones</button>}
    </section>
  );
}
