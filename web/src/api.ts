// SPDX-License-Identifier: Apache-2.0
// api.ts - requests to the service: the key goes into a header, and what is refused is thrown as a Problem.

import { noteDate } from "./clock";

export interface Trouble { pointer?: string; code: string; detail: string }

export class Problem extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly troubles: Trouble[] = []) {
    super(message);
  }
}

async function problemOf(reply: Response): Promise<Problem> {
  const body = await reply.json().catch(() => ({}));
  const text = [body.title, body.detail].filter(Boolean).join(": ") || `${reply.status} ${reply.statusText}`;
  return new Problem(reply.status, body.code ?? "", text, body.problems ?? []);
}

/** May it be otherwise if it is asked for once more? */
export const isPassing = (why: Error) => why instanceof Problem && (why.status === 0 || why.status === 429 || why.status >= 500);

export class Client {
  constructor(private readonly key: string, private readonly onRefused: () => void) {}

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const asked = Date.now();
    const reply = await fetch(path, {
      ...init, cache: "no-store", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer",
      headers: { "x-api-key": this.key, ...init.headers },
    }).catch((why: Error) => {
      if (why.name === "AbortError") throw why;
      throw new Problem(0, "unreachable", "The service does not answer");
    });
    noteDate(reply.headers.get("date"), asked, Date.now());
    if (reply.ok) return reply;
    if (reply.status === 401) this.onRefused();
    throw await problemOf(reply);
  }

  async get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return (await this.fetch(path, { signal })).json();
  }

  /** Whatever it starts goes on; the answer is how things are then, and the events tell the rest. */
  async post<T>(path: string, body: object): Promise<T> {
    return (await this.fetch(path, {
      method: "POST", body: JSON.stringify(body),
      headers: { "content-type": "application/json", prefer: "respond-async" },
    })).json();
  }
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Would nobody on the way read what is sent plain? */
export function isPrivateWay(): boolean {
  return location.protocol === "https:" || LOOPBACK.test(location.hostname);
}
