import { setTimeout as delay } from 'node:timers/promises';
import { json, type HttpClient, type Request } from '../load/http-client.js';
import { Histogram } from '../load/histogram.js';
import { Traffic } from '../world/traffic.js';
import { atLeast, atMost, defineRow, none } from './row.js';

interface Measured {
  peakPerSecond: number;
  offeredPerSecond: number;
  goodPerSecond: number;
  shed: number;
  shedP99: number;
  /** Neither answered nor shed with `Retry-After`. */
  wrong: number;
  liveAsked: number;
  liveFailed: number;
}

/** Kept open, as a balancer's are: libuv takes one new connection in a turn of the loop (docs/adr/0018-load-shedding-and-lifecycle.md). */
const CONNECTIONS = 256;
/** They keep the task busy, and are so few that it refuses none of them. */
const CLIENTS = 4;
const TIMES = 3;
/** So many that refusing two of three costs under 5 % of the work (docs/adr/0018-load-shedding-and-lifecycle.md). */
const PARTS = 400;
const LARGE = PARTS * 64 * 2 ** 20;
/** Shedding has to notice first. */
const NOTICE_MS = 1_000;

export const overload = defineRow<Measured>({
  number: 10,
  fault: '3× capacity for 60 s',
  promise: 'goodput ≥90 % of peak; shed replies <50 ms; /health/live answers',
  weight: 'alone',
  defence: {
    what: 'load shedding',
    patches: [{ file: 'resilience/load-shedder.js', find: /(\n\s+refuses\(routeClass\) \{)/, put: '$1 return false;' }],
  },

  async measure(world) {
    // Around the proxies: they would be the first to be overloaded.
    const { direct, cache } = world.dependencies;
    await world.startTasks(1, { environment: { ...direct, CACHE_URL: `redis://127.0.0.1:${cache.server.port}`, LOG_LEVEL: 'info' } });
    const client = world.client(undefined, CONNECTIONS);
    const traffic = await Traffic.prepare(world, client);
    const next = await dearRequests(client, traffic);
    await peak(client, next, world.time(5_000, 2_000));
    const peakPerSecond = await peak(client, next, world.time(10_000, 3_000));
    await client.connect();
    const perSecond = Math.ceil(TIMES * peakPerSecond);
    const load = world.load({ perSecond, next, send: (request) => client.send(request) });
    const health = { asked: 0, failed: 0 };
    await world.recording.during('fault', `${TIMES} × capacity`, async () => {
      for (const end = Date.now() + world.time(60_000, 6_000); Date.now() < end; await delay(250)) {
        health.asked += 1;
        if ((await client.send({ label: 'live', method: 'GET', path: '/health/live' })).status !== 200) health.failed += 1;
      }
    });
    const endedAt = load.now();
    const samples = (await load.stop()).filter(({ at }) => at >= NOTICE_MS && at < endedAt);
    const good = samples.filter(({ status, at, ms }) => status === 200 && at + ms < endedAt).length;
    const shed = samples.filter(({ status, hasRetryAfter }) => status === 503 && hasRetryAfter);
    return {
      peakPerSecond,
      offeredPerSecond: perSecond,
      goodPerSecond: good / ((endedAt - NOTICE_MS) / 1_000),
      shed: shed.length,
      shedP99: Histogram.of(shed.map(({ ms }) => ms)).percentile(0.99),
      wrong: samples.filter(({ status, hasRetryAfter }) => status !== 200 && !(status === 503 && hasRetryAfter)).length,
      liveAsked: health.asked,
      liveFailed: health.failed,
    };
  },

  judge: ({ peakPerSecond, offeredPerSecond, goodPerSecond, shed, shedP99, wrong, liveAsked, liveFailed }) => [
    atLeast('offered', offeredPerSecond, TIMES * peakPerSecond, '/s'),
    atLeast('good replies', goodPerSecond, 0.9 * peakPerSecond, '/s'),
    atLeast('shed', shed, 100),
    atMost('shed replies: p99', shedP99, 50, 'ms'),
    none('neither answered nor shed', wrong),
    none(`/health/live unanswered, of ${liveAsked}`, liveFailed),
  ],
});

/** Addresses of many parts: what a capacity is made of must cost the service more than it costs the client and the embedded cloud. */
async function dearRequests(client: HttpClient, { people }: Traffic): Promise<(nth: number) => Request> {
  const body = { partNumbers: Array.from({ length: PARTS }, (_, nth) => nth + 1) };
  const requests = await Promise.all(people.map(async ({ authorization }): Promise<Request> => {
    const headers = { authorization };
    const film = { name: 'film.mov', contentType: 'video/quicktime', size: LARGE };
    const { document } = json(await client.send({ label: 'create', method: 'POST', path: '/v1/documents', headers, body: film }));
    return { label: 'parts', method: 'POST', path: `/v1/documents/${document.id}/upload/parts`, headers, body };
  }));
  return (nth) => requests[nth % requests.length] as Request;
}

/** Good replies a second to clients that each wait for their reply. */
async function peak(client: HttpClient, next: (nth: number) => Request, ms: number): Promise<number> {
  const from = performance.now();
  let good = 0;
  let sent = 0;
  await Promise.all(Array.from({ length: CLIENTS }, async () => {
    while (performance.now() - from < ms) if ((await client.send(next(sent++))).status === 200) good += 1;
  }));
  return good / ((performance.now() - from) / 1_000);
}
