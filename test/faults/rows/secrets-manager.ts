import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { HttpClient } from '../load/http-client.js';
import type { HttpProxy } from '../proxies/http-proxy.js';
import type { World } from '../world/world.js';
import { atMost, defineRow, holds, none } from './row.js';

interface Measured {
  refreshFailed: boolean;
  /** Requests after the failed refresh that needed the signing keys and failed. */
  failed: number;
  asked: number;
  isStillReady: boolean;
  startingStatus: number;
  startingReason: string;
  readyAfterMs: number;
}

/** A refresh comes after 75 s at the latest. */
const REFRESH_MS = 90_000;
const READY_MS = 10_000;

export const secretsManager = defineRow<Measured>({
  number: 9,
  fault: 'Secrets Manager down at refresh; at start',
  promise: 'last good kept; unready, with the reason',
  weight: 'background',
  defence: {
    what: 'keeping the last good secret',
    patches: [{ file: 'aws/secrets-manager-secrets.js', find: /(catch \(error\) \{)(\s+this\.say\()/, put: '$1 this.loaded = undefined; $2' }],
  },

  async measure(world) {
    const proxy = world.dependencies.secrets;
    const [task] = await world.startTasks(1);
    const client = world.client(task!.url);
    const headers = { authorization: `Bearer ${world.token(randomUUID())}` };
    for (const name of ['one', 'two']) {
      await client.send({ label: 'create', method: 'POST', path: '/v1/documents', headers, body: { name, contentType: 'text/plain', size: 1 } });
    }
    proxy.forget();
    proxy.inject({ fault: { kind: 'error' } });
    for (const end = Date.now() + REFRESH_MS; proxy.disturbed === 0 && Date.now() < end; await delay(100));
    const refreshFailed = proxy.disturbed > 0;
    // The SDK tries again, and only then gives up.
    await delay(2_000);
    let failed = 0;
    const asked = 10;
    for (let nth = 0; nth < asked; nth += 1) if (!(await pages(client, headers))) failed += 1;
    const isStillReady = (await task!.readiness()).status === 200;
    return { refreshFailed, failed, asked, isStillReady, ...(await startsWithout(world, proxy)) };
  },

  judge: ({ refreshFailed, failed, asked, isStillReady, startingStatus, startingReason, readyAfterMs }) => [
    holds('a refresh met the fault', refreshFailed),
    none(`of ${asked} lists with signed cursors: failed`, failed),
    holds('still ready', isStillReady),
    { what: 'readiness of a start without it', measured: String(startingStatus), promise: '503', holds: startingStatus === 503 },
    { what: 'the reason', measured: startingReason || 'none', promise: 'names the secret', holds: /secret/i.test(startingReason) },
    atMost('ready once it is back after', readyAfterMs, READY_MS, 'ms'),
  ],
});

/** A list of two pages: the cursor between them is signed and checked with the keys of the secret. */
async function pages(client: HttpClient, headers: Record<string, string>): Promise<boolean> {
  const get = (path: string) => client.send({ label: 'list', method: 'GET', path, headers });
  const first = await get('/v1/documents?limit=1');
  if (first.status !== 200) return false;
  const { nextCursor } = JSON.parse(first.text) as { nextCursor?: string };
  return nextCursor !== undefined && (await get(`/v1/documents?limit=1&cursor=${encodeURIComponent(nextCursor)}`)).status === 200;
}

async function startsWithout(world: World, proxy: HttpProxy): Promise<Pick<Measured, 'startingStatus' | 'startingReason' | 'readyAfterMs'>> {
  const task = await world.launchTask();
  let first = { status: 0, text: '' };
  for (const end = Date.now() + 30_000; first.status === 0 && Date.now() < end; await delay(100)) first = await task.readiness();
  const { detail = '' } = first.text === '' ? {} : (JSON.parse(first.text) as { detail?: string });
  await proxy.heal();
  const from = performance.now();
  while ((await task.readiness()).status !== 200 && performance.now() - from < 2 * READY_MS) await delay(50);
  return { startingStatus: first.status, startingReason: detail, readyAfterMs: performance.now() - from };
}
