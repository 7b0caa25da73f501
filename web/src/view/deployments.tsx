// SPDX-License-Identifier: Apache-2.0
// deployments.tsx - the deployments of the key's tenant, the last one that was run first.
import { useContext, useEffect, useState } from "preact/hooks";
import { ClientContext, linkTo, usePages } from "../hooks";
import type { Deployment } from "../types";
import { plural, when } from "../words";
import { Trouble } from "./parts";

const EVERY_MS = 4000, PAGE = 500, SHOWN_MAX = 200;

/** Those whose name has it; where older ones are not loaded yet, they are looked through, too. */
export function Deployments({ shown, isPage }: { shown?: string; isPage: boolean }) {
  const client = useContext(ClientContext);
  const [wanted, setWanted] = useState("");
  const { items, why, more } = usePages<{ deployments: Deployment[]; next_cursor?: string }, Deployment>(client,
    `/deploy/deployments?limit=${PAGE}`, (page) => page.deployments, ({ deployment_id }) => deployment_id, EVERY_MS);
  const [isOpen, setOpen] = useState(false); // where there is little room
  const found = (items ?? []).filter(({ deployment_id }) => deployment_id.toLowerCase().includes(wanted.trim().toLowerCase()));
  const goesOn = wanted.trim() !== "" && more !== undefined && found.length <= SHOWN_MAX;
  useEffect(() => { if (goesOn) more(); }, [goesOn, items?.length]);
  useEffect(() => setOpen(false), [shown]);
  return (
    <nav class={`deployments${isOpen ? " is-open" : ""}`} aria-label="Deployments">
      <button type="button" class="fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>Deployments</button>
      <h2>Deployments</h2>
      <input type="search" aria-label="Find a deployment" placeholder="Find" value={wanted}
        onInput={(event) => setWanted(event.currentTarget.value)} />
      <Trouble why={why} />
      {items && found.length === 0 && <p class="quiet">{goesOn ? "Looking at older ones…" : wanted ? "None is called so." : "There are none yet."}</p>}
      <ul>
        {found.slice(0, SHOWN_MAX).map(({ deployment_id, last_begun_at }) => (
          <li key={deployment_id}>
            <a href={linkTo("deployment", deployment_id)} aria-current={deployment_id === shown ? (isPage ? "page" : "true") : undefined}>
              <bdi>{deployment_id}</bdi><small>{when(last_begun_at)}</small>
            </a>
          </li>
        ))}
      </ul>
      {found.length > SHOWN_MAX && <p class="quiet">and {plural(found.length - SHOWN_MAX, "other")}: say what to find</p>}
      {more && <button type="button" onClick={more}>Look at older ones</button>}
    </nav>
  );
}
