import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { encode, jwkOf, MemoryUserPool, newKey } from '../../../src/auth/memory-user-pool.js';
import type { HttpClient, Request } from '../load/http-client.js';
import { OpenLoop, type Sample } from '../load/open-loop.js';
import { HttpProxy } from '../proxies/http-proxy.js';
import { atLeast, atMost, defineRow, none } from './row.js';

interface Measured {
  /** Requests with tokens of the known key, and those that were refused. */
  known: number;
  refused: number;
  outageHours: number;
  newKeyAfterMs: number;
  unknownPerSecond: number;
  /** Answers to unknown keys that were neither 401 nor a shed 503. */
  wronglyAnswered: number;
  fetches: number;
  floodMs: number;
}

const HOUR_MS = 3_600_000;
const STEPS = 12;
const NEW_KEY_MS = 15_000;
/** Six a minute. */
const APART_MS = 10_000;

export const signingKeys = defineRow<Measured>({
  number: 8,
  fault: 'JWKS down 1 h; key rotated; 1,000 unknown kids a second',
  promise: 'known keys 100 %; new key within 15 s; ≤6 fetches a minute and replica',
  weight: 'shared',
  defence: {
    what: 'the pause between two fetches of the keys',
    patches: [{ file: 'auth/key-set.js', find: /const COOLDOWN_MS = [\d_]+;/, put: 'const COOLDOWN_MS = 0;' }],
  },

  async measure(world) {
    const pool = await new MemoryUserPool().start();
    const jwks = await HttpProxy.to(pool.issuer, 'jwks');
    const environment = {
      COGNITO_ISSUER: pool.issuer,
      COGNITO_CLIENT_ID: MemoryUserPool.clientId,
      COGNITO_JWKS_URI: jwks.url + new URL(pool.jwksUri).pathname,
    };
    const [task] = await world.startTasks(1, { environment });
    const client = world.client();
    const people = Array.from({ length: 10 }, () => randomUUID());
    const token = (nth: number, key = pool.key) => pool.sign(pool.claims(Date.now(), { sub: people[nth % people.length], exp: Math.floor(Date.now() / 1_000) + 6 * 3_600 }), {}, key);
    const kept = people.map((_, nth) => token(nth));
    // Every second token is a new one: it has to be verified, and none may be refused for want of a key.
    const next = (nth: number): Request => me(nth % 2 === 0 ? kept[nth % kept.length]! : token(nth));
    for (let nth = 0; nth < 40; nth += 1) await client.send(next(nth));
    const load = world.load({ perSecond: 20, next, send: (request) => client.send(request) });
    try {
      await world.recording.calm(1_000);
      await world.recording.during('fault', 'JWKS down 1 h (the clock moves)', async () => {
        await jwks.door('refuse');
        jwks.cut();
        for (let step = 0; step < STEPS; step += 1) {
          await task!.moveClock(HOUR_MS / STEPS);
          await delay(world.time(2_000, 200));
        }
      });
      await jwks.heal();
      await delay(500);
      jwks.forget();
      const second = newKey('key2');
      const flood = await world.recording.during('fault', '1,000 unknown kids a second; key rotated', async () => {
        pool.keys = [jwkOf(pool.key), jwkOf(second)];
        return floodWithUnknownKeys(client, world.time(60_000, 3_000), () => acceptedAfter(client, () => token(0, second)));
      });
      return { ...outcomeOf(await load.stop()), outageHours: 1, ...flood, fetches: jwks.attempts };
    } finally {
      await jwks.close();
      await pool.stop();
    }
  },

  judge: ({ known, refused, newKeyAfterMs, unknownPerSecond, wronglyAnswered, fetches, floodMs }) => [
    atLeast('tokens of the known key', known, 100),
    none('of them not accepted', refused),
    atMost('new key accepted after', newKeyAfterMs, NEW_KEY_MS, 'ms'),
    atLeast('unknown kids a second', unknownPerSecond, 900),
    none('unknown keys answered wrongly', wronglyAnswered),
    atMost('fetches of the keys', fetches, 1 + Math.floor(floodMs / APART_MS)),
  ],
});

const me = (token: string): Request => ({ label: 'known key', method: 'GET', path: '/v1/profiles/me', headers: { authorization: `Bearer ${token}` } });

/** Nobody made a profile: 404 is what a signed-in person is told. */
function outcomeOf(samples: Sample[]): Pick<Measured, 'known' | 'refused'> {
  return { known: samples.length, refused: samples.filter(({ status }) => status !== 404).length };
}

async function acceptedAfter(client: HttpClient, token: () => string): Promise<number> {
  const from = performance.now();
  while (performance.now() - from < NEW_KEY_MS + 5_000) {
    if ((await client.send(me(token()))).status === 404) return performance.now() - from;
    await delay(200);
  }
  return Infinity;
}

async function floodWithUnknownKeys(client: HttpClient, leastMs: number, meanwhile: () => Promise<number>) {
  const claims = encode({ sub: randomUUID() });
  const signature = 'A'.repeat(342);
  const forged = (): string => `${encode({ alg: 'RS256', kid: randomUUID() })}.${claims}.${signature}`;
  const from = performance.now();
  const flood = new OpenLoop({ perSecond: 1_000, next: () => me(forged()), send: (request) => client.send(request) });
  const [newKeyAfterMs] = await Promise.all([meanwhile(), delay(leastMs)]);
  const samples = await flood.stop();
  const floodMs = performance.now() - from;
  return {
    newKeyAfterMs,
    floodMs,
    unknownPerSecond: samples.length / (floodMs / 1_000),
    wronglyAnswered: samples.filter(({ status, hasRetryAfter }) => status !== 401 && !(status === 503 && hasRetryAfter)).length,
  };
}
