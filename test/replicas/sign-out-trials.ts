import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, type Reply } from '../support/client.js';

/** How long after a sign-out's reply a trial goes on asking. Milliseconds. */
const WATCHED_MS = 1_200;
const PAUSE_MS = 20;
const ATTEMPTS = 20;

const WAYS = ['this sign-in', 'one of the list', 'everywhere'] as const;
export type Way = (typeof WAYS)[number];

export interface Trial {
  way: Way;
  /** Milliseconds after the reply at which the last request that was still accepted had been sent; 0 when none was. */
  acceptedUntil: number;
}

type Mint = (claims: { sub: string; origin_jti: string }) => string;

/** Signs out on one replica a sign-in that all of them have just let in, and asks the others until they have long refused it. */
async function trial(number: number, urls: string[], mint: Mint): Promise<Trial> {
  const way = WAYS[number % WAYS.length] as Way;
  const sub = randomUUID();
  const [phone, laptop] = [randomUUID(), randomUUID()];
  const of = (url: string, origin_jti = phone) => new Client(url, mint({ sub, origin_jti }));
  const [here, ...others] = [...urls.slice(number % urls.length), ...urls.slice(0, number % urls.length)] as [string, ...string[]];
  const clients = others.map((url) => of(url));
  await Promise.all([of(here), ...clients].map((client) => insist(200, () => client.get('/v1/session'))));
  await insist(204, () => signOut(way, of(here), of(here, laptop), phone));
  const from = performance.now();
  await insist(401, () => of(here).get('/v1/session'));
  return { way, acceptedUntil: Math.max(...(await Promise.all(clients.map((client) => watch(client, from))))) };
}

/** As a client would: what is not available on a busy machine is asked again. */
async function insist(expected: number, ask: () => Promise<Reply>): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const { status } = await ask();
    if (status === expected) return;
    if (status !== 503 || attempt === ATTEMPTS) throw new Error(`Expected ${expected}, was answered ${status}.`);
    await delay(200);
  }
}

const signOut = (way: Way, own: Client, other: Client, id: string): Promise<Reply> =>
  way === 'this sign-in' ? own.delete('/v1/session') : way === 'everywhere' ? own.delete('/v1/sessions') : other.delete(`/v1/sessions/${id}`);

async function watch(client: Client, from: number): Promise<number> {
  let acceptedUntil = 0;
  for (let sentAt = 0; sentAt < WATCHED_MS; await delay(PAUSE_MS)) {
    sentAt = performance.now() - from;
    const { status } = await client.get('/v1/session');
    if (status === 200) acceptedUntil = sentAt;
    else if (status !== 401 && status !== 503) throw new Error(`A request after the sign-out was answered ${status}.`);
  }
  return acceptedUntil;
}

/** `atOnce` trials at a time: each is load for the others. */
export async function signOutTrials(count: number, atOnce: number, urls: string[], mint: Mint, onBatch?: (done: Trial[]) => void): Promise<Trial[]> {
  const done: Trial[] = [];
  while (done.length < count) {
    const numbers = Array.from({ length: Math.min(atOnce, count - done.length) }, (_, i) => done.length + i);
    done.push(...(await Promise.all(numbers.map((number) => trial(number, urls, mint)))));
    onBatch?.(done);
  }
  return done;
}

export const worstOf = (trials: Trial[]): number => Math.max(...trials.map(({ acceptedUntil }) => acceptedUntil));
