// SPDX-License-Identifier: Apache-2.0
// deployments.tsx - the deployments of the key's tenant, the last one that was run first.
import { useContext, useState } from "preact/hooks";
import { ClientContext, linkTo, usePages } from "../hooks";
import type { Deployment } from "../types";
import { when } from "../words";
import { Trouble } from "./parts";

const EVERY_MS = 4000, PAGE = 500, SHOWN_MAX = 200;

export function Deployments({ shown }: { shown?: string }) {
  const client = useContext(ClientContext);
  const [wanted, setWanted] = useState("");
  const { items, why, more } = usePages<{ deployments: Deployment[]; next_cursor?: string }, Deployment>(client,
    `/deploy/deployments?limit=${PAGE}`, (page) => page.deployments, ({ deployment_id }) => deployment_id, EVERY_MS);
  const found = (items ?? []).filter(({ deployment_id }) => deployment_id.includes(wanted));
  return (
    <nav class="deployments" aria-label="Deployments">
      <h2>Deployments</h2>
      <input type="search" aria-label="Find a deployment" placeholder="Find" value={wanted}
        onInput={(event) => setWanted(event.currentTarget.value)} />
      <Trouble why={why} />
      {items && found.length === 0 && <p class="quiet">{wanted ? "None is called so." : "There are none yet."}</p>}
      <ul>
        {found.slice(0, SHOWN_MAX).map(({ deployment_id, last_begun_at }) => (
          <li key={deployment_id}>
            <a href={linkTo("deployment", deployment_id)} aria-current={deployment_id === shown ? "page" : undefined}>
              {deployment_id}<small>{when(last_begun_at)}</small>
            </a>
          </li>
        ))}
      </ul>
      {found.length > SHOWN_MAX && <p class="quiet">and {found.length - SHOWN_MAX} more: say what to find</p>}
      {more && <button type="button" onClick={more}>Look at older ones</button>}
    </nav>
  );
}
