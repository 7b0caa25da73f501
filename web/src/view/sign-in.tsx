// SPDX-License-Identifier: Apache-2.0
// sign-in.tsx - asks for the API key. It is kept for this tab, until that is closed, and goes nowhere but to the service.
import { useState } from "preact/hooks";
import { Client, Problem } from "../api";
import { Trouble } from "./parts";

const INVALID = "This key is not valid here, or has expired";

/** `hasExpired`: one that was good is not any more. */
export function SignIn({ hasExpired, onKey }: { hasExpired: boolean; onKey: (key: string) => void }) {
  const [key, setKey] = useState("");
  const [why, setWhy] = useState(hasExpired ? new Error(`${INVALID}. Sign in to go on where you were`) : undefined);
  const [asks, setAsks] = useState(false);

  async function enter(event: Event) {
    event.preventDefault();
    setAsks(true);
    setWhy(undefined);
    try {
      await new Client(key.trim(), () => {}).get("/info/status");
      onKey(key.trim());
    } catch (refused) {
      setWhy(refused instanceof Problem && refused.status === 401 ? new Error(INVALID) : refused as Error);
      setAsks(false);
    }
  }

  return (
    <main class="sign-in">
      <h1>mgraph-deploy</h1>
      <form onSubmit={enter}>
        <label for="key">API key</label>
        <input id="key" type="password" autocomplete="off" spellcheck={false} required autofocus value={key}
          aria-describedby="key-help" onInput={(event) => setKey(event.currentTarget.value)} />
        <p id="key-help" class="quiet">
          Of a service on this machine it is in <code>mgraph-deploy-data/key</code>. It is kept for this tab until you
          close it or sign out, and sent to this service only.
        </p>
        <button class="primary" type="submit" disabled={asks}>Sign in</button>
        <Trouble why={why} />
      </form>
    </main>
  );
}
