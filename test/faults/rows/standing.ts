import { setTimeout as delay } from 'node:timers/promises';
import type { Balancer } from '../../support/balancer.js';
import type { HttpClient } from '../load/http-client.js';
import type { OpenLoop } from '../load/open-loop.js';
import { Traffic } from '../world/traffic.js';
import type { World } from '../world/world.js';

export interface Standing {
  balancer: Balancer;
  client: HttpClient;
  traffic: Traffic;
  load: OpenLoop;
}

export interface StandingOptions {
  tasks?: number;
  perSecond?: number;
  /** Only these kinds of reads. */
  reads?: string[];
  /** How patient the balancer's checks are; 0 for none. */
  checkMs?: number;
  environment?: Record<string, string>;
  flags?: string[];
}

/** Replicas behind a balancer, warm, under a constant load of reads. */
export async function underLoad(world: World, options: StandingOptions = {}): Promise<Standing> {
  const { tasks = 3, perSecond = 40, reads, checkMs, environment, flags } = options;
  await world.startTasks(tasks, { environment, flags });
  const balancer = await world.balance({ checkMs });
  const client = world.client();
  const traffic = await Traffic.prepare(world, client);
  await traffic.warmUp();
  await cacheUsed(world, traffic, client);
  const load = world.load({ perSecond, next: (nth) => traffic.read(nth, reads), send: (request) => client.send(request) });
  return { balancer, client, traffic, load };
}

/** Resolves to the milliseconds until somebody finds something in the cache; Infinity when that takes longer than the patience. */
export async function cacheUsed(world: World, traffic: Traffic, client: HttpClient, patienceMs = 8_000): Promise<number> {
  const { cache } = world.dependencies;
  const from = performance.now();
  const before = await cache.hits();
  for (let nth = 0; performance.now() - from < patienceMs; nth += 1) {
    await client.send(traffic.read(nth, ['profile']));
    if ((await cache.hits()) > before) return performance.now() - from;
    await delay(50);
  }
  return Infinity;
}
