// SPDX-License-Identifier: Apache-2.0
// credentials.tsx - asks for the credentials of one request. They are in this form until it is closed, and are not kept.
import { useState } from "preact/hooks";
import type { Run } from "../run";
import type { Credentials } from "../seal";
import { Dialog, Trouble } from "./parts";

interface Field { name: string; title: string; isSecret: boolean; isNeeded: boolean }

const FIELDS: Record<string, Field[]> = {
  aws: [
    { name: "access_key_id", title: "Access key id", isSecret: false, isNeeded: true },
    { name: "secret_access_key", title: "Secret access key", isSecret: true, isNeeded: true },
    { name: "session_token", title: "Session token, if there is one", isSecret: true, isNeeded: false },
    { name: "region", title: "Region, where the config names none", isSecret: false, isNeeded: false },
  ],
  github: [{ name: "pat", title: "Token", isSecret: true, isNeeded: true }],
};

const providersOf = (types: string[]) => Object.keys(FIELDS).filter((name) => types.some((type) => type.startsWith(`${name}:`)));
export const typesOf = (run: Run) => [...run.operations.values()].map(({ type }) => type);

export const wantsCredentials = (run: Run) => providersOf(typesOf(run)).length > 0;

/** For the providers of these types. */
interface Props { types: string[]; title: string; onClose: () => void; onGiven: (credentials?: Credentials) => void }

export function CredentialsDialog({ types, title, onClose, onGiven }: Props) {
  const [values, setValues] = useState<Record<string, string>>({});
  const [more, setMore] = useState("");
  const [why, setWhy] = useState<Error>();
  const providers = providersOf(types);

  function give(event: Event) {
    event.preventDefault();
    try {
      const credentials: Credentials = more.trim() ? JSON.parse(more) : {};
      for (const provider of providers) {
        const given = FIELDS[provider].map(({ name }) => [name, values[`${provider}.${name}`]]).filter(([, value]) => value);
        if (given.length > 0) credentials[provider] = { ...(credentials[provider] as object), ...Object.fromEntries(given) };
      }
      onGiven(Object.keys(credentials).length > 0 ? credentials : undefined);
    } catch {
      setWhy(new Error("This is no JSON"));
    }
  }

  return (
    <Dialog title={`${title}: credentials`} onClose={onClose}>
      <form onSubmit={give}>
        <p class="quiet">They are sealed in this browser, used for this execution, and stored nowhere.</p>
        {providers.map((provider) => (
          <fieldset key={provider}>
            <legend>{provider}</legend>
            {FIELDS[provider].map(({ name, title, isSecret, isNeeded }) => (
              <label key={name}>{title}
                <input type={(isSecret ? "password" : "text") as "text"} name={`${provider}.${name}`} autocomplete="off" spellcheck={false}
                  required={isNeeded && !more.trim()} value={values[`${provider}.${name}`] ?? ""}
                  onInput={(event) => setValues({ ...values, [`${provider}.${name}`]: event.currentTarget.value })} />
              </label>
            ))}
          </fieldset>
        ))}
        <details>
          <summary>Others, as JSON</summary>
          <label>As the member <code>credentials</code> of a config
            <textarea rows={5} spellcheck={false} value={more} onInput={(event) => setMore(event.currentTarget.value)} />
          </label>
        </details>
        <Trouble why={why} />
        <div class="buttons">
          <button type="submit" class="primary">{title}</button>
          <button type="button" onClick={onClose}>Leave it</button>
        </div>
      </form>
    </Dialog>
  );
}
