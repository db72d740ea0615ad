import { setTimeout as delay } from 'node:timers/promises';
import { isFailure, summaryOf, unexplainedIn, type Summary } from '../world/recording.js';
import { atMost, defineRow, enough, none, noneOf } from './row.js';
import { underLoad } from './standing.js';

interface Measured {
  during: Summary;
  unexplained: string[];
  liveFailures: number;
  /** Of the replica's heap while DynamoDB hung, in MiB. */
  grownMiB: number;
  normalAfterMs: number;
}

const LABEL = 'DynamoDB hangs';
const RECOVERY_MS = 5_000;
const MIB = 1_024 * 1_024;

export const dynamoDbHangs = defineRow<Measured>({
  number: 4,
  fault: 'DynamoDB hangs',
  promise: 'every reply <3 s; memory flat; normal within 5 s after',
  weight: 'shared',
  defence: {
    what: 'deadlines of calls and requests',
    patches: [
      { file: 'aws/dependency-gate.js', find: /const allowed = Math\.floor\(.*\);/, put: 'const allowed = 60_000;' },
      { file: 'resilience/requests-in-flight.js', find: /(\n\s+look\(\) \{)/, put: '$1 return;' },
    ],
  },

  async measure(world) {
    const { dynamodb } = world.dependencies;
    const { load, client } = await underLoad(world, { tasks: 2 });
    await world.recording.calm(2_000);
    const task = world.tasks[0]!;
    const before = await task.memory();
    let liveFailures = 0;
    const after = await world.recording.during('fault', LABEL, async () => {
      dynamodb.inject({ fault: { kind: 'hang' } });
      for (const end = Date.now() + world.time(20_000, 4_000); Date.now() < end; await delay(250)) {
        if ((await client.send({ label: 'live', method: 'GET', path: '/health/live' }, task.url)).status !== 200) liveFailures += 1;
      }
      return task.memory();
    });
    await dynamodb.heal();
    const healedAt = load.now();
    await world.recording.during('after', 'recovery', () => delay(RECOVERY_MS + 1_000));
    await load.stop();
    const during = world.recording.within(LABEL);
    const calm = summaryOf(world.recording.within('undisturbed'));
    const bad = load.samples.filter((sample) => sample.at >= healedAt && (isFailure(sample) || sample.ms > 2 * calm.p99 + 50));
    // One slow reply in a hundred is what a 99th percentile allows.
    const allowed = Math.floor(load.samples.filter(({ at }) => at >= healedAt).length / 100);
    const late = bad.map(({ at }) => at - healedAt).sort((a, b) => b - a)[allowed] ?? 0;
    return {
      during: summaryOf(during),
      unexplained: unexplainedIn(during),
      liveFailures,
      grownMiB: (after.heapUsed - before.heapUsed) / MIB,
      normalAfterMs: late,
    };
  },

  judge: ({ during, unexplained, liveFailures, grownMiB, normalAfterMs }) => [
    enough('under load', during, 100),
    atMost('slowest reply', during.max, 3_000, 'ms'),
    noneOf('failures without 503 and Retry-After', unexplained),
    none('/health/live unanswered', liveFailures),
    atMost('growth of the heap', grownMiB, 16, 'MiB'),
    atMost('normal again after', normalAfterMs, RECOVERY_MS, 'ms'),
  ],
});
