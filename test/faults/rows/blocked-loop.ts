import { setTimeout as delay } from 'node:timers/promises';
import { summaryOf, type Summary } from '../world/recording.js';
import { atMost, defineRow, enough, none, p99Near } from './row.js';
import { underLoad } from './standing.js';

interface Measured {
  calm: Summary;
  /** What the other replicas answered while one was blocked. */
  others: Summary;
  failed: number;
  ejectedAfterMs: number;
  backAfterMs: number;
}

const BLOCKED = 0;
const LABEL = 'event loop blocked';
const BLOCKED_MS = 5_000;
/** Two checks in a row have to fail while it lasts. */
const CHECK_MS = 1_000;

export const blockedLoop = defineRow<Measured>({
  number: 11,
  fault: 'event loop blocked 5 s on one replica',
  promise: 'ejected, the others lose nothing',
  weight: 'shared',
  defence: { what: "the balancer's health checks of /health/ready", patches: [] },

  async measure(world) {
    const { balancer, load } = await underLoad(world, { checkMs: world.isDefenceless ? 0 : CHECK_MS });
    await world.recording.calm(2_000);
    let ejectedAfterMs = Infinity;
    const victim = world.tasks[BLOCKED]!;
    await world.recording.during('fault', LABEL, async () => {
      const from = performance.now();
      const blocked = victim.block(BLOCKED_MS);
      await balancer.until(BLOCKED, false, BLOCKED_MS).then(() => (ejectedAfterMs = performance.now() - from), () => {});
      await blocked;
    });
    const from = performance.now();
    await balancer.until(BLOCKED, true).catch(() => {});
    const backAfterMs = performance.now() - from;
    await world.recording.during('after', 'back', () => delay(500));
    await load.stop();
    const during = world.recording.within(LABEL);
    return {
      calm: summaryOf(world.recording.within('undisturbed')),
      others: summaryOf(during.filter(({ server }) => server !== undefined && server !== `r${BLOCKED}`)),
      failed: summaryOf(during).failed,
      ejectedAfterMs,
      backAfterMs,
    };
  },

  judge: ({ calm, others, failed, ejectedAfterMs, backAfterMs }) => [
    enough('the others', others),
    atMost('ejected after', ejectedAfterMs, 3_000, 'ms'),
    none('failed requests', failed),
    p99Near('the others', calm, others),
    atMost('back after', backAfterMs, 5_000, 'ms'),
  ],
});
