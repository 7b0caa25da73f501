// SPDX-License-Identifier: Apache-2.0
// parts.tsx - small things that many views are made of.
import { useContext, useEffect, useId, useRef } from "preact/hooks";
import { Problem } from "../api";
import { CameContext, SayContext, type Children } from "../hooks";
import type { Difference } from "../types";
import { asText, markOf, wordOf } from "../words";

export const Pill = ({ status }: { status: string }) => (
  <span class={`pill is-${status}`}><span aria-hidden="true">{markOf(status)}</span> {wordOf(status)}</span>
);

export function Trouble({ why }: { why?: Error }) {
  if (!why) return null;
  return (
    <div class="trouble" role="alert">
      <p>{why.message}</p>
      {why instanceof Problem && why.troubles.length > 0 && (
        <ul>{why.troubles.map((trouble) => <li key={trouble.pointer}><code>{trouble.pointer}</code> {trouble.detail}</li>)}</ul>
      )}
    </div>
  );
}

/** What an address leads to: the title of the window, and who comes from elsewhere on the page stands there, and is told. */
export function Heading({ title, children }: Children & { title: string }) {
  const ref = useRef<HTMLHeadingElement>(null);
  const came = useContext(CameContext), say = useContext(SayContext);
  useEffect(() => { document.title = `${title} · mgraph-deploy`; }, [title]);
  useEffect(() => {
    if (!came.current) return;
    came.current = false;
    ref.current!.focus();
    say(title);
  }, []);
  return <h1 id="title" ref={ref} tabIndex={-1}>{children}</h1>;
}

const Value = ({ of: value, unknown, secret }: { of: unknown; unknown?: boolean; secret?: boolean }) =>
  unknown ? <i>known after the apply</i>
    : secret && value === undefined ? <i>not shown</i>
      : value === undefined ? <i>not there</i> : <pre>{asText(value)}</pre>;

/** What differs of it, place by place. */
export const Diff = ({ of, items }: { of: string; items: Difference[] }) => (
  <div class="scrolls" tabIndex={0} role="region" aria-label={`What differs of ${of}`}>
    <table class="diff">
      <thead><tr><th scope="col">Place</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
      <tbody>
        {items.map((item) => (
          <tr key={item.path}>
            <th scope="row">
              <code>{item.path}</code>
              {item.requires_replacement && <small> replaces</small>}
              {item.origin === "drift" && <small> changed by somebody else</small>}
            </th>
            <td class="is-before"><Value of={item.before} secret={item.sensitive} /></td>
            <td class="is-after"><Value of={item.after} unknown={item.after_unknown} secret={item.sensitive} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

/** The browser's own dialog: it keeps the focus inside, closes by Escape, and gives the focus back. */
export function Dialog({ title, onClose, children }: Children & { title: string; onClose: () => void }) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  const isGone = useRef(false);
  useEffect(() => {
    const dialog = ref.current!;
    dialog.showModal();
    return () => { isGone.current = true; dialog.close(); };
  }, []);
  return (
    <dialog ref={ref} aria-labelledby={id} onClose={() => { if (!isGone.current) onClose(); }}>
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

export interface Tab { id: string; title: string }

export function Tabs({ tabs, shown, onShow }: { tabs: Tab[]; shown: string; onShow: (id: string) => void }) {
  const step = (event: KeyboardEvent) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    const next = tabs[(tabs.findIndex(({ id }) => id === shown) + by + tabs.length) % tabs.length].id;
    onShow(next);
    document.getElementById(`tab-${next}`)?.focus();
    event.preventDefault();
  };
  return (
    <div role="tablist" aria-label="Views of the execution" onKeyDown={step}>
      {tabs.map(({ id, title }) => (
        <button key={id} id={`tab-${id}`} type="button" role="tab" aria-selected={id === shown} aria-controls="panel"
          tabIndex={id === shown ? 0 : -1} onClick={() => onShow(id)}>{title}</button>
      ))}
    </div>
  );
}
