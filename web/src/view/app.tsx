// SPDX-License-Identifier: Apache-2.0
// app.tsx - the frame: who is signed in, the deployments beside, and what the address names.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Client } from "../api";
import { ClientContext, linkTo, SayContext, usePlace } from "../hooks";
import { Deployments } from "./deployments";
import { ExecutionPage } from "./execution";
import { HistoryPage } from "./history";
import { forgetDraft, PlanPage } from "./plan";
import { SignIn } from "./sign-in";
import { StaleBar } from "./stale";

const KEY = "mgraph-deploy-key";
const ID = /^[0-9a-f]{8}$/; // what is in the address goes into the paths of requests

function Page({ place }: { place: string[] }) {
  const [what, id, execution] = place;
  if (what === "deployment" && id) return <HistoryPage key={id} deployment={id} />;
  if (what === "graph" && ID.test(id) && (execution === undefined || ID.test(execution))) return <ExecutionPage key={`${id}/${execution}`} graphId={id} executionId={execution} />;
  if (what === "plan") return <PlanPage />;
  return (
    <div class="empty">
      <h1>Deployments</h1>
      <p>Choose a deployment, or <a href={linkTo("plan")}>plan a config</a>.</p>
    </div>
  );
}

export function App() {
  const [key, setKey] = useState(() => sessionStorage.getItem(KEY));
  const [said, say] = useState("");
  const place = usePlace();
  const main = useRef<HTMLElement>(null);
  const [hasExpired, setExpired] = useState(false);
  const signIn = (key: string) => { sessionStorage.setItem(KEY, key); setKey(key); };
  const leave = (hasExpired: boolean) => { sessionStorage.removeItem(KEY); setExpired(hasExpired); setKey(null); };
  const signOut = () => { forgetDraft(); leave(false); };
  const client = useMemo(() => new Client(key ?? "", () => leave(true)), [key]);

  useEffect(() => { document.title = [place[1], "mgraph-deploy"].filter(Boolean).join(" · "); }, [place]);
  if (!key) return <SignIn hasExpired={hasExpired} onKey={signIn} />;
  return (
    <ClientContext.Provider value={client}>
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
        <Deployments shown={place[0] === "deployment" ? place[1] : undefined} />
        <main id="main" ref={main} tabIndex={-1}><Page place={place} /></main>
        <div class="unseen" role="status" aria-live="polite">{said}</div>
      </SayContext.Provider>
    </ClientContext.Provider>
  );
}
