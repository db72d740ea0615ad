import { setTimeout as delay } from 'node:timers/promises';
import { summaryOf, type Summary } from '../world/recording.js';
import { atLeast, atMost, defineRow, enough, none, p99Near } from './row.js';
import { underLoad } from './standing.js';

interface Measured {
  calm: Summary;
  during: Summary;
  grownMiB: number;
  countedAsDropped: number;
}

const LABEL = 'stdout blocked';
const MIB = 1_024 * 1_024;
/** A log line that says how many lines could not be written. */
const DROPPED = /"dropped(?:Lines|LogLines)?":(\d+)/g;

export const blockedOutput = defineRow<Measured>({
  number: 14,
  fault: 'stdout blocked 30 s',
  promise: 'service answers; dropped log lines counted',
  weight: 'shared',
  defence: {
    what: 'log lines that wait for nobody',
    patches: [{ file: 'telemetry/logging.js', find: /sync: false/, put: 'sync: true' }],
  },

  async measure(world) {
    let printed = '';
    world.onOutput = (text) => void (printed += text);
    const { load } = await underLoad(world, { tasks: 1, perSecond: 60 });
    const task = world.tasks[0]!;
    await world.recording.calm(2_000);
    const before = await task.memory();
    const after = await world.recording.during('fault', LABEL, async () => {
      const read = task.holdOutput();
      await delay(world.time(30_000, 6_000));
      const memory = await Promise.race([task.memory(), delay(5_000)]);
      read();
      return memory;
    });
    await delay(2_000);
    await load.stop();
    return {
      calm: summaryOf(world.recording.within('undisturbed')),
      during: summaryOf(world.recording.within(LABEL)),
      grownMiB: after ? (after.heapUsed - before.heapUsed) / MIB : Infinity,
      countedAsDropped: [...printed.matchAll(DROPPED)].reduce((sum, [, count]) => sum + Number(count), 0),
    };
  },

  judge: ({ calm, during, grownMiB, countedAsDropped }) => [
    enough('under load', during),
    none('failed requests', during.failed),
    p99Near('replies', calm, during),
    atMost('growth of the heap', grownMiB, 16, 'MiB'),
    atLeast('lines counted as dropped', countedAsDropped, 1),
  ],
});
