import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheServer, CacheServer } from '../../src/cache/cache-server.fixture.js';
import { Client, type Reply } from '../support/client.js';
import { cloudEnv } from '../support/cloud.js';
import { expectRefusal, limitsOf } from '../support/rate-limit.js';
import { mintToken } from '../support/tokens.js';
import { Fleet } from './fleet.js';

const LIMIT = 300;
const WINDOW_SECONDS = 15;
const ME = '/v1/profiles/me';

const withServer = cacheServer ? describe : describe.skip;
if (!cacheServer) console.log('Skipped: the rate limit over three replicas (neither valkey-server nor redis-server is on the PATH).');

withServer('three replicas and one user', () => {
  const server = new CacheServer();
  let fleet: Fleet;
  let urls: string[];
  beforeAll(async () => {
    await server.start();
    fleet = await Fleet.start(3, 'dist/main.js', {
      ...cloudEnv(),
      CACHE_URL: `redis://127.0.0.1:${server.port}`,
      RATE_LIMIT: `${LIMIT}/${WINDOW_SECONDS}s`,
    });
    urls = await Promise.all([0, 1, 2].map(async (choice) => (await fleet.pick(choice)).url));
    await Promise.all(urls.flatMap((url) => Array.from({ length: 60 }, () => new Client(url, tokenOf(randomUUID())).get(ME))));
  }, 60_000);
  afterAll(async () => {
    await fleet.stop();
    server.signal('SIGCONT');
    await server.remove();
  });

  const tokenOf = (sub: string) => mintToken({ sub });
  const clientsOf = (userId: string) => urls.map((url) => new Client(url, tokenOf(userId)));

  it('get exactly 300 of 1,000 requests at once answered, and the others the time after which they are', async () => {
    for (let attempt = 1; ; attempt += 1) {
      const clients = clientsOf(randomUUID());
      const replies = await Promise.all(Array.from({ length: 1_000 }, (_, i) => (clients[i % 3] as Client).get(ME)));
      const refused = replies.filter(({ status }) => status === 429);
      // A cache that missed its deadline of 50 ms on a busy machine is another case.
      if (replies.some((reply) => limitsOf(reply).isLocal) && attempt < 6) continue;
      expect({ accepted: replies.filter(({ status }) => status === 404).length, refused: refused.length }).toEqual({ accepted: LIMIT, refused: 1_000 - LIMIT });
      const waits = refused.map((reply) => expectRefusal(reply, 'user'));
      console.log(`Burst of 1,000 over 3 replicas, limit ${LIMIT}/${WINDOW_SECONDS}s: ${LIMIT} accepted, ${refused.length} × 429, Retry-After ${Math.min(...waits)} to ${Math.max(...waits)} s.`);
      await delay(waits[0]! * 1_000);
      for (const client of clients) expect((await client.get(ME)).status).toBe(404);
      return;
    }
  }, 120_000);

  it('are answered at once while the cache hangs, each task counting by itself, and say so', async () => {
    const clients = Array.from({ length: 4 }, () => clientsOf(randomUUID())).flat();
    for (const client of clients) await client.get(ME);
    const normal = await measure(clients);
    server.signal('SIGSTOP');
    const alone = await measure(clients);
    server.signal('SIGCONT');
    console.log(`p99 with the cache ${Math.round(normal.p99)} ms, while it hangs ${Math.round(alone.p99)} ms (its deadline: 50 ms).`);
    expect(alone.replies.every(({ status }) => status === 404)).toBe(true);
    expect(alone.replies.every((reply) => limitsOf(reply).isLocal)).toBe(true);
    // The deadline, and much room for a busy machine.
    expect(alone.p99).toBeLessThan(normal.p99 + 50 + 150);
  }, 60_000);

  /** A steady load, whether or not answers come: 10 s of 100 requests a second. */
  async function measure(clients: Client[]): Promise<{ replies: Reply[]; p99: number }> {
    const replies: Reply[] = [];
    const took: number[] = [];
    const one = async (client: Client): Promise<void> => {
      const from = performance.now();
      replies.push(await client.get(ME));
      took.push(performance.now() - from);
    };
    const underWay: Promise<void>[] = [];
    for (let i = 0; i < 1_000; i += 1) {
      underWay.push(one(clients[i % clients.length] as Client));
      await delay(10);
    }
    await Promise.all(underWay);
    return { replies, p99: took.sort((a, b) => a - b)[Math.floor(took.length * 0.99)] ?? 0 };
  }
});
