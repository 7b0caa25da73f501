// SPDX-License-Identifier: Apache-2.0
// hooks.ts - what several views share: data that is loaded, a run that changes, the place in the address, and lists of
// which only what is seen is drawn.
import type { ComponentChildren, RefObject } from "preact";
import { useCallback, useContext, useEffect, useId, useRef, useState } from "preact/hooks";
import { createContext } from "preact";
import { isPassing, type Client } from "./api";
import { serverNow } from "./clock";
import { Health } from "./health";
import type { Run } from "./run";

export const ClientContext = createContext<Client>(null!);
export const SayContext = createContext<(text: string) => void>(() => {});

/** Which deployment is looked at, where the address does not say it. */
export const ShowsContext = createContext<(deployment?: string) => void>(() => {});
/** Has one just come here from elsewhere on the page? Who is told first takes it. */
export const CameContext = createContext<{ current: boolean }>({ current: false });
export const HealthContext = createContext(new Health());

const UNANSWERED_MAX = 5; // so many turns it is waited for, and then asked again

export interface Loaded<T> { value?: T; why?: Error; reload: () => void }

/** Loads once for each `what`, and again every so often while it is looked at. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, what: unknown[], everyMs = 0): Loaded<T> {
  const [state, setState] = useState<{ value?: T; why?: Error }>({});
  const [turn, setTurn] = useState(0);
  const health = useContext(HealthContext), id = useId();
  useEffect(() => setState({}), what);
  useEffect(() => () => health.note(id), what);
  useEffect(() => {
    const stop = new AbortController();
    let unanswered = 1;
    const answered = (state: (before: { value?: T }) => { value?: T; why?: Error }, why?: string) => {
      if (stop.signal.aborted) return;
      unanswered = 0;
      setState(state);
      if (everyMs > 0) health.note(id, why);
    };
    load(stop.signal).then((value) => answered(() => ({ value })),
      (why: Error) => answered(({ value }) => ({ value, why }), isPassing(why) ? why.message : undefined));
    const timer = everyMs > 0 ? setInterval(() => {
      if (document.hidden) return;
      if (unanswered > 0) health.note(id, "The service does not answer");
      if (unanswered === 0 || unanswered++ > UNANSWERED_MAX) setTurn((n) => n + 1);
    }, everyMs) : 0;
    return () => { stop.abort(); clearInterval(timer); };
  }, [...what, turn]);
  return { ...state, reload: () => setTurn((n) => n + 1) };
}

export interface Pages<T> { items?: T[]; why?: Error; more?: () => Promise<void> }

/** The first page of a list, again every so often, and what is behind it once that was asked for. */
export function usePages<P extends { next_cursor?: string }, T>(
  client: Client, path: string, itemsOf: (page: P) => T[], idOf: (item: T) => string, everyMs: number): Pages<T> {
  const [older, setOlder] = useState<{ items: T[]; cursor?: string }>();
  useEffect(() => setOlder(undefined), [client, path]);
  const [refused, setRefused] = useState<Error>();
  const { value, why } = useLoaded((signal) => client.get<P>(path, signal), [client, path], everyMs);
  if (!value) return { why };
  const first = itemsOf(value), known = new Set(first.map(idOf));
  const behind = (older?.items ?? []).filter((item) => !known.has(idOf(item)));
  const cursor = older ? older.cursor : value.next_cursor;
  const more = () => client.get<P>(`${path}&cursor=${encodeURIComponent(cursor!)}`).then((page) => {
    setOlder({ items: [...first, ...behind, ...itemsOf(page)], cursor: page.next_cursor }); // what is first now will not stay so
    setRefused(undefined);
  }, setRefused);
  return { items: [...first, ...behind], why: refused ?? (why && !isPassing(why) ? why : undefined), more: cursor ? more : undefined };
}

const REDRAW_MS = 150;

/** Draws again when the run has changed, a few times a second at most. */
export function useRun(run?: Run): void {
  const [, setTurn] = useState(0);
  useEffect(() => {
    let timer = 0;
    const stop = run?.subscribe(() => {
      timer ||= window.setTimeout(() => { timer = 0; setTurn((n) => n + 1); }, REDRAW_MS);
    });
    return () => { stop?.(); clearTimeout(timer); };
  }, [run]);
}

/** The service's time, every so often while `ticks`. */
export function useNow(ticks: boolean): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    if (!ticks) return;
    const timer = setInterval(() => setNow(serverNow()), 500);
    return () => clearInterval(timer);
  }, [ticks]);
  return ticks ? Math.max(now, serverNow()) : now;
}

const [PATH, ASKED] = [0, 1];
const partOf = (part: number) => location.hash.replace(/^#\/?/, "").split("?", 2)[part] ?? "";

/** "#/graph/5bda6f2c/f42d55fb?tab=timeline" is ["graph", "5bda6f2c", "f42d55fb"]. */
export function readPlace(): string[] {
  try {
    return partOf(PATH).split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    return []; // somebody's link that is none
  }
}
export const linkTo = (...parts: string[]) => "#/" + parts.map(encodeURIComponent).join("/");

export function usePlace(): string[] {
  const [place, setPlace] = useState(readPlace);
  useEffect(() => {
    const look = () => setPlace(readPlace());
    addEventListener("hashchange", look);
    return () => removeEventListener("hashchange", look);
  }, []);
  return place;
}

/** What is looked at there, one of `known` where those are known: a reload and a link have it again. */
export function useInPlace(name: string, otherwise: string, known?: string[]): [string, (value: string) => void] {
  const read = () => {
    const value = new URLSearchParams(partOf(ASKED)).get(name) ?? otherwise;
    return known && !known.includes(value) ? otherwise : value;
  };
  const [value, setValue] = useState(read);
  useEffect(() => {
    const look = () => setValue(read());
    addEventListener("hashchange", look);
    return () => removeEventListener("hashchange", look);
  }, []);
  const put = useCallback((value: string) => {
    const asked = new URLSearchParams(partOf(ASKED));
    if (value === otherwise) asked.delete(name);
    else asked.set(name, value);
    history.replaceState(null, "", `#/${partOf(PATH)}${asked.size > 0 ? `?${asked}` : ""}`);
    setValue(value);
  }, []);
  return [value, put];
}

/** Which rows of a scrolled list are seen. */
export function useSeen(n: number, rowHeight: number): { ref: RefObject<HTMLDivElement | null>; from: number; to: number } {
  const ref = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ top: 0, height: 600 });
  useEffect(() => {
    const box = ref.current!;
    const look = () => setSeen({ top: box.scrollTop, height: box.clientHeight });
    const sizes = new ResizeObserver(look);
    sizes.observe(box);
    box.addEventListener("scroll", look, { passive: true });
    return () => { sizes.disconnect(); box.removeEventListener("scroll", look); };
  }, []);
  const from = Math.max(0, Math.floor(seen.top / rowHeight) - 8);
  return { ref, from: Math.min(from, n), to: Math.min(n, Math.ceil((seen.top + seen.height) / rowHeight) + 8) };
}

export type Children = { children?: ComponentChildren };
