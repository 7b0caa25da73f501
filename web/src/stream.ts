// SPDX-License-Identifier: Apache-2.0
// stream.ts - Server-Sent Events read by fetch, since EventSource can send no key; resumed by Last-Event-ID.
import { Client, isPassing, Problem } from "./api";
import type { Happening } from "./types";

const SILENCE_MS = 40_000; // the service says something every 15 seconds
const UNSEEN_MS = 10_000; // browsers have six connections to a server, for all tabs: one that is not looked at leaves its own to others
const WAIT_MS = [500, 1000, 2000, 5000, 10_000];

export type Link = "live" | "lost" | "idle";

export interface Listener {
  onEvents(events: Happening[]): void;
  onLink(link: Link, why?: string): void;
}

function readBlock(block: string, ids: { last: string }, into: Happening[]): void {
  const data: string[] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
    else if (line.startsWith("id:")) ids.last = line.slice(3).trim();
  }
  if (data.length > 0) into.push(JSON.parse(data.join("\n")));
}

/** All that came whole, at once: who draws does so once for many events. */
async function readAll(reply: Response, ids: { last: string }, listener: Listener, alive: () => void): Promise<void> {
  const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    alive();
    const blocks = (text + value.replaceAll("\r", "")).split("\n\n");
    text = blocks.pop()!;
    const events: Happening[] = [];
    for (const block of blocks) readBlock(block, ids, events);
    if (events.length > 0) listener.onEvents(events);
  }
}

export const wait = (ms: number, signal: AbortSignal) => new Promise<void>((resolve) => {
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
});

/** Calls back once the tab was not looked at for a while. The caller stops it. */
function whenUnseen(then: () => void): () => void {
  let timer = 0;
  const look = () => {
    clearTimeout(timer);
    if (document.hidden) timer = window.setTimeout(then, UNSEEN_MS);
  };
  document.addEventListener("visibilitychange", look);
  look();
  return () => { clearTimeout(timer); document.removeEventListener("visibilitychange", look); };
}

const seen = (signal: AbortSignal) => new Promise<void>((resolve) => {
  const look = () => {
    if (document.hidden && !signal.aborted) return;
    document.removeEventListener("visibilitychange", look);
    resolve();
  };
  document.addEventListener("visibilitychange", look);
  signal.addEventListener("abort", look, { once: true });
  look();
});

/** One connection, until it ends, is silent for too long, or nobody wants it any more. */
async function connect(client: Client, path: string, ids: { last: string }, listener: Listener, signal: AbortSignal) {
  const silence = new AbortController();
  const stop = () => silence.abort();
  let timer = setTimeout(stop, SILENCE_MS);
  const look = whenUnseen(stop);
  signal.addEventListener("abort", stop, { once: true });
  try {
    const reply = await client.fetch(path, {
      signal: silence.signal, headers: { accept: "text/event-stream", "last-event-id": ids.last },
    });
    listener.onLink("live");
    await readAll(reply, ids, listener, () => {
      clearTimeout(timer);
      timer = setTimeout(stop, SILENCE_MS);
    });
  } finally {
    clearTimeout(timer);
    look();
    signal.removeEventListener("abort", stop);
  }
}

const SETTLED_MS = 3000;

/** What is kept behind an event, up to another one, or until nothing more comes. */
export async function readKept(client: Client, path: string, after: number, last: number | undefined,
  onEvents: Listener["onEvents"], signal: AbortSignal) {
  const enough = new AbortController();
  const stop = () => enough.abort();
  const listener = { onLink: () => {}, onEvents: (events: Happening[]) => {
    onEvents(events);
    if (last !== undefined && events.some(({ seq }) => seq >= last)) stop();
  } };
  let timer = 0;
  const wait = () => { clearTimeout(timer); timer = window.setTimeout(stop, SETTLED_MS); };
  signal.addEventListener("abort", stop, { once: true });
  try {
    const reply = await client.fetch(path, { signal: enough.signal, headers: { accept: "text/event-stream", "last-event-id": `${after}-0` } });
    wait();
    await readAll(reply, { last: "" }, listener, wait);
  } catch (why) {
    if (!enough.signal.aborted) throw why;
  } finally {
    clearTimeout(timer);
    stop();
    signal.removeEventListener("abort", stop);
  }
}

/** Follows a stream from behind an event on, for as long as the signal lets it. */
export async function follow(client: Client, path: string, after: number, listener: Listener, signal: AbortSignal) {
  const ids = { last: `${after}-0` };
  for (let tries = 0; !signal.aborted; tries++) {
    const before = ids.last;
    let why = "The connection was lost";
    try {
      await connect(client, path, ids, listener, signal);
    } catch (refused) {
      if (refused instanceof Problem) why = refused.message;
      if (refused instanceof Problem && !isPassing(refused)) return listener.onLink("idle", why);
    }
    if (ids.last !== before) tries = 0;
    if (signal.aborted) break;
    if (document.hidden) listener.onLink("idle");
    else listener.onLink("lost", why);
    if (document.hidden) await seen(signal);
    else await wait(WAIT_MS[Math.min(tries, WAIT_MS.length - 1)] * (0.75 + Math.random() / 2), signal);
  }
  listener.onLink("idle");
}
