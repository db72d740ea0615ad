import { beforeAll, describe, expect, it } from '@jest/globals';
import { recordRoutes, type Recorded } from '../../bench/cost/record.js';
import { ROUTES } from '../../bench/cost/routes.js';
import { cloudEnv } from '../support/cloud.js';

/** What a request of each route may ask of AWS: a change that asks for more is a decision, and is made here. */
const OPERATIONS: Record<string, Record<string, number>> = {
  'profile-cached': {},
  'profile-uncached': { GetItem: 1 },
  // Right after another change: the profile is read again. After a read it is in the cache, and a patch is one write.
  'profile-patch': { GetItem: 1, PutItem: 1 },
  'document-create': { TransactWriteItems: 1 },
  'document-complete': { GetItem: 2, HeadObject: 1, GetObject: 1, TransactWriteItems: 1 },
  'document-download': { GetItem: 1 },
  'document-list': { Query: 1 },
};

const hasCache = cloudEnv()['CACHE_URL'] !== undefined;

describe('what a request asks of AWS', () => {
  let recorded: Recorded[] = [];
  beforeAll(async () => {
    recorded = await recordRoutes(cloudEnv());
  }, 60_000);

  it.each(ROUTES.filter(({ name }) => hasCache || name !== 'profile-cached'))('$title: no more than was decided', ({ name }) => {
    const usage = recorded.find(({ route }) => route.name === name)?.usage;
    expect({ ...usage?.dynamodb, ...usage?.s3 }).toEqual(OPERATIONS[name]);
  });
});
