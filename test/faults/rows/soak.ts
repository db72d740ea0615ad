import { setTimeout as delay } from 'node:timers/promises';
import { unexplainedIn } from '../world/recording.js';
import type { Memory } from '../world/task.js';
import { CACHE_FAULTS } from './cache-faults.js';
import { atLeast, atMost, defineRow, none, noneOf } from './row.js';
import { slopeOf } from './slope.js';
import { underLoad } from './standing.js';

interface Measured {
  minutes: number;
  requests: number;
  /** Of the heap after a collection, over the last half; MiB a minute. */
  slope: number;
  /** How sure the slope is: what chance alone makes of it. MiB a minute. */
  doubt: number;
  highestRss: number;
  handlesAtFirst: number;
  handlesAtLast: number;
  exits: number;
  unexplained: string[];
}

const MIB = 1_024 * 1_024;
const LIMIT_MIB = 256;

export const soak = defineRow<Measured>({
  number: 13,
  fault: '30 min soak at 256 MiB with faults 3 and 6 alternating',
  promise: 'memory slope <1 MiB/min at the end, handles flat, no exit',
  weight: 'background',
  defence: {
    what: 'that nothing of a request is kept',
    patches: [{ file: 'telemetry/logging.js', find: /(addHook\('onResponse', \(request, reply, done\)\s*=>\s*\{)/, put: '$1 (globalThis.kept ??= []).push(request.headers, Buffer.alloc(8_192).toString("latin1"));' }],
  },

  async measure(world) {
    const { dynamodb, cache } = world.dependencies;
    const { load } = await underLoad(world, { tasks: 1, perSecond: 25, flags: ['--max-old-space-size=160'] });
    const task = world.tasks[0]!;
    const memories: (Memory & { at: number })[] = [];
    const look = async (): Promise<void> => void memories.push({ at: load.now(), ...(await task.memory()) });
    const lengthMs = world.time(30 * 60_000, 70_000);
    const faultMs = world.time(20_000, 4_000);
    for (let nth = 0; load.now() < lengthMs && !task.hasExited; nth += 1) {
      const cacheFault = CACHE_FAULTS[nth % CACHE_FAULTS.length]!;
      await world.recording.during('fault', 'DynamoDB 20 % refused', async () => {
        dynamodb.inject({ fault: { kind: 'throttled' }, share: 0.2 });
        await delay(faultMs);
        await dynamodb.heal();
      });
      await look();
      await world.recording.during('fault', `cache ${cacheFault.label}`, async () => {
        await cacheFault.begin(cache);
        await delay(faultMs);
        await cacheFault.end(cache);
      });
      await delay(faultMs / 2);
      await look();
    }
    const samples = await load.stop();
    const late = memories.filter(({ at }) => at > lengthMs / 2);
    const { slope, doubt } = slopeOf(late.map(({ at, heapUsed }) => [at / 60_000, heapUsed / MIB]));
    return {
      minutes: lengthMs / 60_000,
      requests: samples.length,
      slope,
      doubt,
      highestRss: Math.max(...memories.map(({ rss }) => rss)) / MIB,
      handlesAtFirst: Math.max(...memories.slice(0, memories.length / 2).map(({ handles }) => handles)),
      handlesAtLast: Math.min(...late.map(({ handles }) => handles)),
      exits: world.tasks.filter(({ hasExited }) => hasExited).length,
      unexplained: unexplainedIn(samples),
    };
  },

  judge: ({ minutes, requests, slope, doubt, highestRss, handlesAtFirst, handlesAtLast, exits, unexplained }) => [
    atLeast('requests', requests, 20 * 60 * minutes),
    // A short soak cannot tell a slope from chance as well as a long one: what chance explains is not held against it.
    atMost(`slope of the heap (± ${doubt.toFixed(2)})`, Math.max(0, slope - doubt), 1, 'MiB/min'),
    atMost('highest resident memory', highestRss, LIMIT_MIB, 'MiB'),
    atMost('handles at the end, of the most at first', handlesAtLast, handlesAtFirst),
    none('exits', exits),
    noneOf('failures without 503 and Retry-After', unexplained),
  ],
});
