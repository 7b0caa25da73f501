// SPDX-License-Identifier: Apache-2.0
// plan.tsx - from a config to a plan, and from that to an apply that is held to it.
import { useContext, useState } from "preact/hooks";
import { Problem } from "../api";
import { readSpecGraph, type Graph } from "../graph";
import { ClientContext, linkTo, SayContext } from "../hooks";
import { sealCredentials, type Credentials } from "../seal";
import type { Execution, MGraph, Plan } from "../types";
import { toDoOf } from "../words";
import { CredentialsDialog } from "./credentials";
import { GraphView } from "./graph-view";
import { Heading, Trouble } from "./parts";
import { PlannedChanges } from "./planned";

interface Planned { plan: Plan; graph: Graph; credentials?: Credentials }

function readConfig(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch (why) {
    throw new Error(`This is no JSON: ${(why as Error).message}`);
  }
}

/** As far as it is a config: what is none is refused with its places. */
const typesIn = ({ resources }: Record<string, unknown>) =>
  Object.values((resources ?? {}) as Record<string, { type?: unknown }>).map((resource) => String(resource?.type));

function ApplyButtons({ planned, onFailure, onWhy }: { planned: Planned; onFailure: string; onWhy: (why?: Error) => void }) {
  const client = useContext(ClientContext);
  const [tells, setTells] = useState(false);
  async function apply(mode: string) {
    setTells(true);
    onWhy(undefined);
    try {
      const { plan, credentials } = planned;
      const execution = await client.post<Execution>("/deploy/apply", {
        graph_id: plan.spec_graph_id, plan_id: plan.plan_id, mode, on_failure: onFailure, ...(credentials && { credentials }),
      });
      location.hash = linkTo("graph", execution.graph_id, execution.execution_id);
    } catch (refused) {
      onWhy(refused as Error);
      setTells(false);
    }
  }
  return (
    <div class="buttons">
      <button id="do-apply" type="button" class="primary" disabled={tells} onClick={() => apply("FULL")}>Apply this plan</button>
      <button id="do-apply-step" type="button" disabled={tells} onClick={() => apply("STEP")}>Apply it step by step</button>
    </div>
  );
}

/** What was typed outlives the look at another page, and a key that expires; not a sign-out. It may hold secrets: it is nowhere but here. */
const EMPTY = { text: "", prune: false, onFailure: "stop" };
let draft = EMPTY;
export const forgetDraft = () => { draft = EMPTY; };

export function PlanPage() {
  const client = useContext(ClientContext);
  const say = useContext(SayContext);
  const [{ text, prune, onFailure }, setTyped] = useState(draft);
  const [planned, setPlanned] = useState<Planned>();
  const [why, setWhy] = useState<Error>();
  const [looks, setLooks] = useState(false);
  const [asks, setAsks] = useState<string[]>(); // credentials, for these types

  /** A plan is of what was asked, and of nothing else. */
  function type(more: Partial<typeof draft>) {
    draft = { ...draft, ...more };
    setTyped(draft);
    setPlanned(undefined);
  }

  async function plan(given?: Credentials) {
    const asked = draft;
    setLooks(true);
    setWhy(undefined);
    setPlanned(undefined);
    setAsks(undefined);
    let types: string[] = [];
    try {
      const config = readConfig(text);
      types = typesIn(config);
      const plain = given ?? config.credentials as Credentials | undefined;
      const credentials = plain && await sealCredentials(client, plain);
      const plan = await client.post<Plan>("/deploy/plan", {
        config: { ...config, ...(credentials && { credentials }) }, on_failure: onFailure, ...(prune && { prune }),
      });
      const document = await client.get<MGraph>(`/deploy/graph/${plan.spec_graph_id}`);
      if (draft === asked) setPlanned({ plan, credentials, graph: readSpecGraph(document, plan.operations.map(({ node_id }) => node_id)) });
      say(`The plan is there: ${toDoOf(plan.summary)}`);
    } catch (refused) {
      setWhy(refused as Error);
      if (refused instanceof Problem && refused.code === "bad_credentials") setAsks(types);
    }
    setLooks(false);
  }

  return (
    <section aria-labelledby="title">
      <Heading title="Plan a config">Plan a config</Heading>
      <form onSubmit={(event) => { event.preventDefault(); plan(); }}>
        <label for="config">The config, as JSON</label>
        <textarea id="config" rows={14} spellcheck={false} required value={text} onInput={(event) => type({ text: event.currentTarget.value })} />
        <div class="buttons">
          <label>Or a file <input type="file" accept=".json,application/json" onChange={(event) => event.currentTarget.files?.[0]?.text().then((text) => type({ text }))} /></label>
          <label><input type="checkbox" checked={prune} onChange={(event) => type({ prune: event.currentTarget.checked })} /> Delete what it no longer names</label>
          <label>On a failure <select value={onFailure} onChange={(event) => type({ onFailure: event.currentTarget.value })}>
            <option value="stop">start nothing new</option>
            <option value="continue_independent">go on with the rest</option>
            <option value="rollback">roll back</option>
          </select></label>
          <button type="submit" class="primary" disabled={looks}>{looks ? "Looking…" : "Plan"}</button>
        </div>
      </form>
      <Trouble why={why} />
      {asks && <CredentialsDialog types={asks} title="Plan" onClose={() => setAsks(undefined)} onGiven={plan} />}
      {planned && (
        <section aria-labelledby="planned">
          <h2 id="planned">{planned.plan.deployment_id} {planned.plan.version}</h2>
          <ApplyButtons planned={planned} onFailure={onFailure} onWhy={setWhy} />
          <GraphView graph={planned.graph} plan={planned.plan} />
          <PlannedChanges plan={planned.plan} />
        </section>
      )}
    </section>
  );
}
