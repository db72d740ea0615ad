import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { newAddress } from '../http.js';
import type { Player, Reply } from '../player.js';
import { kind, type Kinds } from './kind.js';

/** Requests of one client address within a minute; see `RATE_LIMIT_ANONYMOUS` of the stage. */
export const ADDRESS_LIMIT = 30;

/** Without the cache each task counts for itself, and says so: then a burst proves nothing, and a later one is made. */
const PATIENCE = 20;
const isCountedPerTask = ({ headers }: Reply): boolean => String(headers['ratelimit-policy'] ?? '').includes('counted=task');

/** More requests at once than the limit of an address, spread over the replicas: how many are refused, in whatever order. */
async function burst(player: Player, extra: number): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const address = newAddress();
    const replies = await player.inPeace(() => player.callAtOnce(ADDRESS_LIMIT + extra, { method: 'GET', path: '/v1/nothing-here', address }));
    if (player.isDisturbed && replies.some(isCountedPerTask)) {
      if (attempt === PATIENCE) throw new Error('the cache that counts did not answer');
      await delay(500);
      continue;
    }
    const counts: Record<string, number> = {};
    for (const { status } of replies) counts[status] = (counts[status] ?? 0) + 1;
    return player.observe({ request: `${replies.length} requests at once from one address`, status: 0, headers: {}, body: counts }, 'all');
  }
}

export const limitSteps: Kinds = {
  'limit.burst': kind<{ extra: number }>(1, { extra: fc.integer({ min: 1, max: 5 }) }, ({ extra }, player) => burst(player, extra)),
};
