// SPDX-License-Identifier: Apache-2.0
// changes.tsx - what differs: from another version of the deployment, and between this one and what is there now.
import { useContext, useEffect, useState } from "preact/hooks";
import { ClientContext, useLoaded } from "../hooks";
import type { Run } from "../run";
import { sealCredentials, type Credentials } from "../seal";
import type { Comparison, History, Plan } from "../types";
import { asText, markOf, summaryOf, when } from "../words";
import { CredentialsDialog, typesOf, wantsCredentials } from "./credentials";
import { Diff, Trouble } from "./parts";
import { PlannedChanges } from "./planned";

function Versions({ comparison }: { comparison: Comparison }) {
  return (
    <>
      <p>From {comparison.from.version} to {comparison.to.version}: {comparison.same ? "nothing but the version" : summaryOf(comparison.summary)}</p>
      {comparison.resources.map((resource) => (
        <details key={resource.resource_id} open={comparison.resources.length <= 10}>
          <summary><span class={`pill is-${resource.change}`}><span aria-hidden="true">{markOf(resource.change)}</span> {resource.change}</span> {resource.resource_id} <small>{resource.type}</small></summary>
          {resource.diff && <Diff of={`${resource.resource_id} from another version`} items={resource.diff} />}
          {!resource.diff && <pre tabIndex={0}>{asText(resource.after ?? resource.before)}</pre>}
        </details>
      ))}
    </>
  );
}

function BetweenVersions({ run }: { run: Run }) {
  const client = useContext(ClientContext);
  const { deployment_id, graph_id } = run.execution;
  const [other, setOther] = useState("");
  const [comparison, setComparison] = useState<Comparison>();
  const [why, setWhy] = useState<Error>();
  const { value } = useLoaded((signal) => client.get<History>(`/deploy/history/${encodeURIComponent(deployment_id)}?limit=1`, signal), [client, deployment_id]);
  const others = (value?.graphs ?? []).filter((graph) => graph.graph_id !== graph_id);
  useEffect(() => {
    if (!other) return;
    const stop = new AbortController();
    setComparison(undefined);
    setWhy(undefined);
    client.get<Comparison>(`/deploy/diff?from=${other}&to=${graph_id}`, stop.signal).then(setComparison, (refused) => { if (!stop.signal.aborted) setWhy(refused); });
    return () => stop.abort();
  }, [other, graph_id]);
  return (
    <section aria-labelledby="between">
      <h2 id="between">From another version</h2>
      {others.length === 0 ? <p class="quiet">There is no other version that was run.</p> : (
        <label>Compared with <select value={other} onChange={(event) => setOther(event.currentTarget.value)}>
          <option value="">choose a version</option>
          {others.map((past) => <option key={past.graph_id} value={past.graph_id}>{past.version}, {when(past.created_at)}</option>)}
        </select></label>
      )}
      <Trouble why={why} />
      {comparison && <Versions comparison={comparison} />}
    </section>
  );
}

function FromWhatIsThere({ run }: { run: Run }) {
  const client = useContext(ClientContext);
  const [plan, setPlan] = useState<Plan>();
  const [why, setWhy] = useState<Error>();
  const [asks, setAsks] = useState(false);
  const [looks, setLooks] = useState(false);

  async function look(credentials?: Credentials) {
    setAsks(false);
    setLooks(true);
    setWhy(undefined);
    try {
      const sealed = credentials && { credentials: await sealCredentials(client, credentials) };
      setPlan(await client.post<Plan>("/deploy/apply", { graph_id: run.execution.graph_id, mode: "DRY_RUN", ...sealed }));
    } catch (refused) {
      setWhy(refused as Error);
    }
    setLooks(false);
  }

  return (
    <section aria-labelledby="there">
      <h2 id="there">From what is there now</h2>
      <p>What an apply of this version would do. Nothing is changed.</p>
      <button id="do-plan" type="button" disabled={looks} onClick={() => (wantsCredentials(run) ? setAsks(true) : look())}>Plan it</button>
      <Trouble why={why} />
      {plan && <PlannedChanges plan={plan} />}
      {asks && <CredentialsDialog types={typesOf(run)} title="Plan it" onClose={() => setAsks(false)} onGiven={look} />}
    </section>
  );
}

export const Changes = ({ run }: { run: Run }) => <div class="changes scrolls" tabIndex={0} role="region" aria-label="Changes"><BetweenVersions run={run} /><FromWhatIsThere run={run} /></div>;
