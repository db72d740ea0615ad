import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Histogram } from '../test/faults/load/histogram.js';
import { HttpClient } from '../test/faults/load/http-client.js';
import { OpenLoop } from '../test/faults/load/open-loop.js';
import { fire } from './closed-loop.js';
import { CONTESTANTS, nodeBinary, type Contestant } from './contestants.js';
import { Server } from './server.js';
import { spreadOf } from './statistics.js';
import { User, WORKLOADS, type Gun, type Workload } from './workloads.js';

/** What is measured beside CPU per request. */
export interface Beside {
  /** MiB resident, ten seconds after the start and after the API's description was asked for. */
  idleMb: number;
  /** p99 in ms of the mixed workload, both at 70 % of what the equal-work peer can do. */
  latency: { perSecond: number; service: number; equal: number };
  /** Share by which resident memory grew between the first tenth and the end of the requests. */
  growth: number;
  /** Milliseconds from the command to the first answer: medians. */
  start: { service: number; textbook: number; nothing: number };
}

type Environment = Record<string, string>;
type Mint = (sub: string) => string;

const contestant = (name: Contestant['name']): Contestant => CONTESTANTS.find((one) => one.name === name) as Contestant;
const workload = (name: string): Workload => WORKLOADS.find((one) => one.name === name) as Workload;
const arm = (kind: Workload, server: Server, mint: Mint): Promise<Gun[]> =>
  Promise.all(Array.from({ length: kind.connections }, () => kind.arm(new User(server, mint))));

export async function idleMemory(environment: Environment): Promise<number> {
  const server = await Server.start(contestant('service'), environment);
  try {
    await fetch(`${server.url}/openapi.json`).then((reply) => reply.arrayBuffer());
    await delay(10_000);
    return server.memory();
  } finally {
    await server.stop();
  }
}

/** Open loop: the client sends at a constant rate whatever the server does, and measures from when each request was due. */
export async function latencyAtLoad(servers: Server[], mint: Mint, share: number): Promise<Beside['latency']> {
  const mixed = workload('mixed');
  const of = (name: Contestant['name']) => servers.find((server) => server.contestant.name === name) as Server;
  const { cpuUs } = await fire(of('equal'), mixed, await arm(mixed, of('equal'), mint), Math.max(200, mixed.requests * share));
  const perSecond = Math.floor((0.7 * 1e6) / cpuUs);
  const p99s = { service: [] as number[], equal: [] as number[] };
  for (let round = 0; round < 3; round += 1) {
    for (const name of ['service', 'equal'] as const) p99s[name].push(await p99(of(name), mint, perSecond, 10_000 * share + 1_000));
  }
  return { perSecond, service: spreadOf(p99s.service).median, equal: spreadOf(p99s.equal).median };
}

async function p99(server: Server, mint: Mint, perSecond: number, forMs: number): Promise<number> {
  const guns = await arm(workload('mixed'), server, mint);
  const client = new HttpClient(server.url);
  const load = new OpenLoop({
    perSecond,
    // A patch needs the ETag of the last: each user's requests take turns, far enough apart.
    next: (nth) => ({ label: String(nth % guns.length), ...(guns[nth % guns.length] as Gun).next() }),
    send: (request) => client.send(request),
    onReply: ({ label }, { headers }) => guns[Number(label)]?.seen?.(headers as Record<string, string>),
  });
  await delay(forMs);
  const samples = await load.stop();
  client.close();
  // The first second warms connections and caches up.
  return Histogram.of(samples.filter(({ at }) => at > 1_000).map(({ ms }) => ms)).percentile(0.99);
}

export async function memoryGrowth(environment: Environment, mint: Mint, requests: number): Promise<number> {
  const server = await Server.start(contestant('service'), environment);
  try {
    const reads = workload('cached-profile');
    const guns = await arm(reads, server, mint);
    const tenth = Math.ceil(requests / 10);
    await fire(server, reads, guns, tenth);
    const before = server.memory();
    for (let nth = 1; nth < 10; nth += 1) await fire(server, reads, guns, tenth);
    return server.memory() / before - 1;
  } finally {
    await server.stop();
  }
}

export async function startTimes(environment: Environment, rounds: number): Promise<Beside['start']> {
  const cache = mkdtempSync(join(tmpdir(), 'compile-cache-'));
  const warm = { ...environment, NODE_COMPILE_CACHE: cache };
  const times = { service: [] as number[], textbook: [] as number[], nothing: [] as number[] };
  // The first round only fills the compile cache.
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of ['service', 'textbook'] as const) {
      const server = await Server.start(contestant(name), name === 'service' ? warm : environment);
      // Node writes its compile cache when it leaves in order.
      await server.leave();
      if (round > 0) times[name].push(server.readyMs);
    }
    const startedAt = performance.now();
    spawnSync('taskset', ['-c', '0', nodeBinary(), '-e', '0']);
    if (round > 0) times.nothing.push(performance.now() - startedAt);
  }
  rmSync(cache, { recursive: true, force: true });
  return { service: spreadOf(times.service).median, textbook: spreadOf(times.textbook).median, nothing: spreadOf(times.nothing).median };
}
