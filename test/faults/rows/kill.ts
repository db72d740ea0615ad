import { setTimeout as delay } from 'node:timers/promises';
import { Ledger, type Books } from '../world/ledger.js';
import { summaryOf, type Summary } from '../world/recording.js';
import { atLeast, atMost, defineRow, enough, none } from './row.js';
import { underLoad } from './standing.js';

interface Measured {
  kills: number;
  inFlight: number;
  during: Summary;
  books: Books;
}

const REPLICAS = 3;

export const kill = defineRow<Measured>({
  number: 2,
  fault: 'SIGKILL a replica mid-request',
  promise: 'failures ≤ its in-flight; 0 acknowledged writes lost or doubled',
  weight: 'shared',
  defence: {
    what: 'a write is acknowledged only when its durable home has it',
    patches: [
      {
        file: 'aws/conditional-write.js',
        find: /await send\(\);\s+return true;/,
        put: 'setTimeout(() => send().catch(() => {}), 400); return true;',
      },
    ],
  },

  async measure(world) {
    world.dependencies.dynamodb.inject({ fault: { kind: 'slow', ms: 30, jitterMs: 30 } });
    const { balancer, client, load } = await underLoad(world, { tasks: REPLICAS, reads: ['documents', 'document', 'profile'] });
    const ledger = new Ledger(world, client).start();
    await world.recording.calm(1_500);
    let inFlight = 0;
    const kills = world.time(6, 2);
    for (let nth = 0; nth < kills; nth += 1) {
      const at = nth % REPLICAS;
      await world.recording.during('fault', 'SIGKILL', async () => {
        const victim = world.tasks[at]!;
        // Stopped first: requests arrive that it cannot answer, so that the kill surely meets some, and their number stands still.
        victim.signal('SIGSTOP');
        await delay(150);
        inFlight += (await balancer.state(at)).inFlight;
        await victim.end('SIGKILL');
        world.tasks[at] = await victim.again();
        await balancer.until(at, true);
      });
      await delay(500);
    }
    const during = summaryOf(await load.stop());
    return { kills, inFlight, during, books: await ledger.close() };
  },

  judge: ({ inFlight, during, books }) => [
    enough('under load', during, 200),
    atLeast('in flight when killed', inFlight, 1),
    atMost('failed reads', during.failed, inFlight),
    atLeast('acknowledged writes', books.acknowledged, 50),
    none('acknowledged writes lost', books.lost),
    none('writes doubled', books.doubled),
    none('writes wrongly refused', books.wronglyRefused),
  ],
});
