// SPDX-License-Identifier: Apache-2.0
// app.tsx - the frame: who is signed in, the deployments beside, and what the address names.
import { useMemo, useRef, useState } from "preact/hooks";
import { Client } from "../api";
import { CameContext, ClientContext, linkTo, SayContext, ShowsContext, usePlace } from "../hooks";
import { Deployments } from "./deployments";
import { ExecutionPage } from "./execution";
import { HistoryPage } from "./history";
import { Heading } from "./parts";
import { forgetDraft, PlanPage } from "./plan";
import { SignIn } from "./sign-in";
import { StaleBar } from "./stale";

const KEY = "mgraph-deploy-key";
const ID = /^[0-9a-f]{8}$/; // what is in the address goes into the paths of requests

const NoGraph = ({ id }: { id: string }) => (
  <div class="empty">
    <Heading title="No graph">No graph can be called so</Heading>
    <p><code>{id}</code> is not the id of a graph, or of one of its executions: those have 8 digits, of 0 to 9 and a to f.</p>
  </div>
);

function Page({ place }: { place: string[] }) {
  const [what, id, execution] = place;
  if (what === "deployment" && id) return <HistoryPage key={id} deployment={id} />;
  if (what === "graph" && ID.test(id) && (execution === undefined || ID.test(execution))) return <ExecutionPage key={`${id}/${execution}`} graphId={id} executionId={execution} />;
  if (what === "graph") return <NoGraph id={[id, execution].filter(Boolean).join("/")} />;
  if (what === "plan") return <PlanPage />;
  return (
    <div class="empty">
      <Heading title="Deployments">Deployments</Heading>
      <p>Choose a deployment, or <a href={linkTo("plan")}>plan a config</a>.</p>
    </div>
  );
}

export function App() {
  const [key, setKey] = useState(() => sessionStorage.getItem(KEY));
  const [said, say] = useState("");
  const [shown, shows] = useState<string>();
  const place = usePlace();
  const main = useRef<HTMLElement>(null);
  const [hasExpired, setExpired] = useState(false);
  const signIn = (key: string) => { sessionStorage.setItem(KEY, key); setKey(key); };
  const leave = (hasExpired: boolean) => { sessionStorage.removeItem(KEY); setExpired(hasExpired); setKey(null); };
  const signOut = () => { forgetDraft(); leave(false); };
  const client = useMemo(() => new Client(key ?? "", () => leave(true)), [key]);

  const came = useRef(false), at = useRef(place);
  if (at.current.join("/") !== place.join("/")) came.current = true; // before what is there is drawn
  at.current = place;
  if (!key) return <SignIn hasExpired={hasExpired} onKey={signIn} />;
  return (
    <ClientContext.Provider value={client}><CameContext.Provider value={came}>
      <SayContext.Provider value={say}>
        <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current!.focus(); }}>Skip to the content</a>
        <header>
          <a class="home" href="#/">mgraph-deploy</a>
          <nav aria-label="Service">
            <a href={linkTo("plan")}>Plan a config</a>
            <a href="/docs">API</a>
            <button type="button" onClick={signOut}>Sign out</button>
          </nav>
        </header>
        <StaleBar />
        <Deployments shown={place[0] === "deployment" ? place[1] : shown} isPage={place[0] === "deployment"} />
        <main id="main" ref={main} tabIndex={-1}><ShowsContext.Provider value={shows}><Page place={place} /></ShowsContext.Provider></main>
        <div class="unseen" role="status" aria-live="polite">{said}</div>
      </SayContext.Provider>
    </CameContext.Provider></ClientContext.Provider>
  );
}
