import { setTimeout as delay } from 'node:timers/promises';
import { summaryOf, unexplainedIn, type Summary } from '../world/recording.js';
import { Ledger, type Books } from '../world/ledger.js';
import { atLeast, atMost, defineRow, enough, none, noneOf } from './row.js';
import { underLoad } from './standing.js';

interface Measured {
  during: Summary;
  attempts: number;
  calls: number;
  disturbed: number;
  /** Failures that are not 503, or do not say when to come back. */
  unexplained: string[];
  books: Books;
}

const LABEL = '20 % refused';

export const dynamoDbErrors = defineRow<Measured>({
  number: 3,
  fault: 'DynamoDB 20 % throttled or 5xx',
  promise: 'attempts ≤1.3× calls; the rest 503 with Retry-After; acknowledged writes right',
  weight: 'shared',
  defence: {
    what: 'retries, and 503 for a busy dependency',
    patches: [
      { file: 'aws/retries.js', find: 'const ATTEMPTS = 3;', put: 'const ATTEMPTS = 1;' },
      { file: 'common/problem.js', find: /(function isUnavailable\(error\) \{)/, put: '$1 return false;' },
    ],
  },

  async measure(world) {
    const { dynamodb } = world.dependencies;
    const { client, load } = await underLoad(world, { tasks: 2 });
    const ledger = new Ledger(world, client).start();
    await world.recording.calm(1_000);
    dynamodb.forget();
    const counts = await world.recording.during('fault', LABEL, async () => {
      dynamodb.inject({ fault: { kind: 'throttled' }, share: 0.1 });
      // Of the nine tenths that are left.
      dynamodb.inject({ fault: { kind: 'error' }, share: 1 / 9 });
      await delay(world.time(30_000, 5_000));
      return dynamodb.count();
    });
    await dynamodb.heal();
    await delay(1_000);
    await load.stop();
    const books = await ledger.close();
    const during = world.recording.within(LABEL);
    const unexplained = unexplainedIn(during);
    return { during: summaryOf(during), ...counts, unexplained, books };
  },

  judge: ({ during, attempts, calls, disturbed, unexplained, books }) => [
    enough('under load', during, 100),
    atLeast('attempts refused, of all', disturbed / attempts, 0.12),
    atMost('attempts per call', attempts / calls, 1.3),
    atMost('failed requests, of all', during.failed / during.requests, 0.1),
    noneOf('failures without 503 and Retry-After', unexplained),
    atLeast('acknowledged writes', books.acknowledged, 20),
    none('acknowledged writes lost', books.lost),
    none('writes doubled', books.doubled),
    none('writes wrongly refused', books.wronglyRefused),
  ],
});
