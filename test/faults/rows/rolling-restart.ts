import { setTimeout as delay } from 'node:timers/promises';
import { summaryOf, type Summary } from '../world/recording.js';
import { atLeast, defineRow, enough, none } from './row.js';
import { underLoad } from './standing.js';

interface Measured {
  restarts: number;
  /** Exits that were not clean. */
  unclean: number;
  during: Summary;
}

const REPLICAS = 3;

export const rollingRestart = defineRow<Measured>({
  number: 1,
  fault: 'rolling restart of 3 replicas × 3',
  promise: '0 failed requests',
  weight: 'shared',
  defence: {
    what: 'draining on SIGTERM',
    patches: [{ file: 'main.js', find: /process\.on\('SIGTERM', .*\);/, put: "process.on('SIGTERM', () => process.exit(0));" }],
  },

  async measure(world) {
    // Requests must be under way when their replica is told to leave.
    world.dependencies.dynamodb.inject({ fault: { kind: 'slow', ms: 60, jitterMs: 60 } });
    const { balancer, load } = await underLoad(world, { tasks: REPLICAS, reads: ['documents', 'document', 'profile'] });
    await world.recording.calm(1_500);
    const rounds = world.time(3, 1);
    let unclean = 0;
    for (let nth = 0; nth < rounds * REPLICAS; nth += 1) {
      const at = nth % REPLICAS;
      await world.recording.during('fault', 'replica replaced', async () => {
        const leaving = world.tasks[at]!;
        if ((await leaving.end('SIGTERM')) !== 0) unclean += 1;
        await balancer.until(at, false);
        world.tasks[at] = await leaving.again();
        await balancer.until(at, true);
      });
      await delay(200);
    }
    return { restarts: rounds * REPLICAS, unclean, during: summaryOf(await load.stop()) };
  },

  judge: ({ restarts, unclean, during }) => [
    atLeast('restarts', restarts, REPLICAS),
    enough('under load', during, 300),
    none('failed requests', during.failed),
    none('unclean exits', unclean),
  ],
});
