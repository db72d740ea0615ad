import { setTimeout as delay } from 'node:timers/promises';
import { isFailure, summaryOf, type Summary } from '../world/recording.js';
import type { CacheUnderTest } from '../world/dependencies.js';
import { atMost, defineRow, enough, none, p99Near } from './row.js';
import { cacheUsed, underLoad } from './standing.js';

interface Phase {
  label: string;
  summary: Summary;
  notAnswered: number;
  usedAgainAfterMs: number;
}

interface Measured {
  calm: Summary;
  phases: Phase[];
}

const RECOVERY_MS = 5_000;

interface CacheFault {
  label: string;
  begin(cache: CacheUnderTest): Promise<void> | void;
  end(cache: CacheUnderTest): Promise<void> | void;
}

export const CACHE_FAULTS: CacheFault[] = [
  { label: 'killed', begin: ({ server }) => server.kill(), end: ({ server }) => server.start() },
  { label: 'stopped (SIGSTOP)', begin: ({ server }) => server.signal('SIGSTOP'), end: ({ server }) => server.signal('SIGCONT') },
  { label: '+200 ms', begin: ({ proxy }) => proxy.inject({ kind: 'slow', ms: 200 }), end: ({ proxy }) => proxy.heal() },
  { label: 'READONLY', begin: (cache) => cache.demote(), end: (cache) => cache.promote() },
];

export const cacheFaults = defineRow<Measured>({
  number: 6,
  fault: 'cache killed; cache stopped (SIGSTOP); cache +200 ms; READONLY',
  promise: 'reads 100 %; p99 ≤ 2× normal + 50 ms; breaker closes within 5 s after',
  weight: 'alone',
  defence: {
    what: 'the deadline of 50 ms on the cache',
    patches: [{ file: 'cache/cache-connection.js', find: 'const DEADLINE_MS = 50;', put: 'const DEADLINE_MS = 5_000;' }],
  },

  async measure(world) {
    const { cache } = world.dependencies;
    const { load, traffic, client } = await underLoad(world, { tasks: 2 });
    await world.recording.calm(world.time(10_000, 3_000));
    const recoveries: number[] = [];
    for (const { label, begin, end } of CACHE_FAULTS) {
      await world.recording.during('fault', label, async () => {
        await begin(cache);
        await delay(world.time(10_000, 2_000));
        await end(cache);
      });
      recoveries.push(await world.recording.during('after', 'recovery', () => cacheUsed(world, traffic, client, RECOVERY_MS + 2_000)));
      await delay(300);
    }
    await load.stop();
    const phases = CACHE_FAULTS.map(({ label }, nth) => {
      const samples = world.recording.within(label);
      const notAnswered = samples.filter((sample) => isFailure(sample)).length;
      return { label, summary: summaryOf(samples), notAnswered, usedAgainAfterMs: recoveries[nth] ?? Infinity };
    });
    return { calm: summaryOf(world.recording.within('undisturbed')), phases };
  },

  judge: ({ calm, phases }) => [
    enough('undisturbed', calm),
    none('undisturbed: failed', calm.failed),
    ...phases.flatMap(({ label, summary, notAnswered, usedAgainAfterMs }) => [
      enough(label, summary),
      none(`${label}: reads not answered`, notAnswered),
      p99Near(label, calm, summary),
      atMost(`${label}: cache used again after`, usedAgainAfterMs, RECOVERY_MS, 'ms'),
    ]),
  ],
});
