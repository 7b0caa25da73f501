// SPDX-License-Identifier: Apache-2.0
// seal.ts - credentials are sealed before they leave the browser, as `mgraph-deploy seal` does (libsodium's
// crypto_box_seal). They are in memory for one request, and nowhere else.
import { blake2b } from "@noble/hashes/blake2";
import nacl from "tweetnacl";
import { type Client, isPrivateWay, Problem } from "./api";

const SECRETS = ["secret_access_key", "session_token", "pat", "private_key"];

export type Credentials = Record<string, unknown>;

const fromHex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

export function seal(text: string, publicKey: Uint8Array): string {
  const ours = nacl.box.keyPair();
  const nonce = blake2b(new Uint8Array([...ours.publicKey, ...publicKey]), { dkLen: nacl.box.nonceLength });
  const box = nacl.box(new TextEncoder().encode(text), nonce, publicKey, ours.secretKey);
  return btoa(String.fromCharCode(...ours.publicKey, ...box));
}

function sealAll(value: unknown, publicKey: Uint8Array): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => sealAll(item, publicKey));
  return Object.fromEntries(Object.entries(value).map(([name, item]) =>
    SECRETS.includes(name) && typeof item === "string"
      ? [`encrypted_${name}`, seal(item, publicKey)] : [name, sealAll(item, publicKey)]));
}

/** A provider that opens nothing gets them plain, where nobody listens on the way. */
async function sealFor(client: Client, provider: string, value: unknown): Promise<unknown> {
  try {
    const { public_key } = await client.get<{ public_key: string }>(`/public-keys/${encodeURIComponent(provider)}`);
    return sealAll(value, fromHex(public_key));
  } catch (why) {
    if (!(why instanceof Problem) || why.status !== 404) throw why;
    if (isPrivateWay()) return value;
    throw new Problem(0, "plaintext_credentials",
      `The service has no key to seal credentials of ${provider} for, and they are not sent plain over this connection`);
  }
}

export async function sealCredentials(client: Client, credentials: Credentials): Promise<Credentials> {
  const sealed: Credentials = {};
  for (const [provider, value] of Object.entries(credentials)) sealed[provider] = await sealFor(client, provider, value);
  return sealed;
}
