import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** How long after a sign-out's reply a trial goes on asking. Milliseconds. */
const WATCHED_MS = 1_200;
const PAUSE_MS = 50;
const ATTEMPTS = 20;

const WAYS = ['this sign-in', 'one of the list', 'everywhere'] as const;
export type Way = (typeof WAYS)[number];

export interface Trial {
  way: Way;
  /** Milliseconds after the reply at which the last request that was still accepted had been sent; 0 when none was. */
  acceptedUntil: number;
}

/** One sign-in at one replica. Resolves to the status. */
class Caller {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  async ask(method: 'GET' | 'DELETE', path: string): Promise<number> {
    const response = await fetch(`${this.url}${path}`, { method, headers: { authorization: `Bearer ${this.token}` } });
    await response.arrayBuffer();
    return response.status;
  }

  get = (): Promise<number> => this.ask('GET', '/v1/session');
}

type Mint = (claims: { sub: string; origin_jti: string }) => string;

/** Signs out on one replica a sign-in that all of them have just let in, and asks the others until they have long refused it. */
async function trial(number: number, urls: string[], mint: Mint): Promise<Trial> {
  const way = WAYS[number % WAYS.length] as Way;
  const sub = randomUUID();
  const [phone, laptop] = [randomUUID(), randomUUID()];
  const of = (url: string, origin_jti = phone) => new Caller(url, mint({ sub, origin_jti }));
  const [here, ...others] = [...urls.slice(number % urls.length), ...urls.slice(0, number % urls.length)] as [string, ...string[]];
  const clients = others.map((url) => of(url));
  await Promise.all([of(here), ...clients].map((client) => insist(200, client.get)));
  const reply = { at: Number.POSITIVE_INFINITY };
  // They ask all the time, so that each replica has just let the sign-in in when the reply comes.
  const watchers = Promise.all(clients.map((client) => watch(client, reply)));
  try {
    await insist(204, () => signOut(way, of(here), of(here, laptop), phone));
  } finally {
    reply.at = performance.now();
  }
  await insist(401, of(here).get);
  return { way, acceptedUntil: Math.max(...(await watchers)) };
}

/** As a client would: what is not available on a busy machine is asked again. */
async function insist(expected: number, ask: () => Promise<number>): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const status = await ask();
    if (status === expected) return;
    // A sign-out that was answered 503 may have taken place.
    if (expected === 204 && attempt > 0 && status === 401) return;
    if (status !== 503 || attempt === ATTEMPTS) throw new Error(`Expected ${expected}, was answered ${status}.`);
    await delay(200);
  }
}

const signOut = (way: Way, own: Caller, other: Caller, id: string): Promise<number> =>
  way === 'this sign-in' ? own.ask('DELETE', '/v1/session') : way === 'everywhere' ? own.ask('DELETE', '/v1/sessions') : other.ask('DELETE', `/v1/sessions/${id}`);

/** Asks until long after the reply; milliseconds from there to the sending of the last request that was accepted. */
async function watch(client: Caller, reply: { at: number }): Promise<number> {
  let acceptedUntil = 0;
  for (let sentAt = 0; sentAt - reply.at < WATCHED_MS; await delay(PAUSE_MS)) {
    sentAt = performance.now();
    const status = await client.get();
    if (status === 200) acceptedUntil = Math.max(acceptedUntil, sentAt - reply.at);
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
