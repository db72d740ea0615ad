import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { v7 } from 'uuid';
import type { Config } from '../../src/config/config.js';
import type { DocumentFilter } from '../../src/documents/document-filter.js';
import { filterKeyOf, filtersOf } from '../../src/documents/document-filter.js';
import { documentItem, keys } from '../../src/documents/document-items.js';
import type { StoredDocument } from '../../src/documents/stored-document.js';
import { ownCloud, task, type Task } from './world.js';

const THEN = '2026-01-02T03:04:05.678Z';
/** Seeding takes about a millisecond a document: `LISTED_DOCUMENTS=100000` for the long run. */
const MANY = Number(process.env['LISTED_DOCUMENTS'] ?? 1_000);

const aReady = (userId: string): StoredDocument => {
  const contentId = v7();
  return {
    userId, id: v7(), name: 'a.txt', contentType: 'text/plain', size: 1, tags: [], status: 'ready', version: 2, revision: 2, createdAt: THEN, updatedAt: THEN,
    contentId, storedBytes: 1, upload: { id: contentId, state: 'done', contentType: 'text/plain', size: 1, dueAt: THEN },
  };
};

interface Cost {
  capacity: number;
  scanned: number;
  calls: number;
}

describe('the cost of a list', () => {
  let config: Config;
  let by: Task;
  let seeding: DynamoDBDocumentClient;
  const cost: Cost = { capacity: 0, scanned: 0, calls: 0 };
  const [few, many] = [randomUUID(), randomUUID()];

  const seedMany = async (userId: string, count: number, withRows: boolean) => {
    const rows = Array.from({ length: count }, () => aReady(userId)).flatMap((document) => [
      documentItem(document, 'seed'),
      ...(withRows ? filtersOf(document).map((filter) => ({ pk: userId, sk: keys.listed(filterKeyOf(filter), document.id) })) : []),
    ]);
    const batches = Array.from({ length: Math.ceil(rows.length / 25) }, (_, i) => rows.slice(i * 25, i * 25 + 25));
    const worker = async () => {
      for (let batch = batches.pop(); batch; batch = batches.pop()) {
        await seeding.send(new BatchWriteCommand({ RequestItems: { [config.DOCUMENTS_TABLE]: batch.map((Item) => ({ PutRequest: { Item } })) } }));
      }
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
  };

  beforeAll(async () => {
    config = await ownCloud();
    by = task(config, {
      clients: ({ db }) =>
        db.middlewareStack.add(
          (next: (args: any) => Promise<any>) => async (args: any) => {
            const reply = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
            const { ConsumedCapacity, ScannedCount = 0, Responses } = reply.output;
            const totals = [ConsumedCapacity ?? []].flat() as { CapacityUnits: number }[];
            cost.calls += 1;
            cost.capacity += totals.reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
            cost.scanned += ScannedCount + Object.values(Responses ?? {}).flat().length;
            return reply;
          },
          { step: 'initialize', name: 'cost' },
        ),
    });
    // Without the service's deadlines: a busy emulator may take its time here.
    seeding = DynamoDBDocumentClient.from(new DynamoDBClient({ region: config.AWS_REGION, endpoint: config.AWS_ENDPOINT_URL, maxAttempts: 10 }), { marshallOptions: { removeUndefinedValues: true } });
    await seedMany(few, 100, true);
    await seedMany(many, MANY, false);
    await seedMany(many, 200, true);
  }, 900_000);

  const costOf = async (userId: string, filter: DocumentFilter, limit = 50) => {
    Object.assign(cost, { capacity: 0, scanned: 0, calls: 0 });
    const { items } = await by.documents.list(userId, filter, { limit });
    expect(items).toHaveLength(limit);
    return { ...cost };
  };

  it('is one query that reads exactly what it returns', async () => {
    expect(await costOf(few, {})).toMatchObject({ calls: 1, scanned: 50 });
    expect(await costOf(few, {}, 1)).toMatchObject({ calls: 1, scanned: 1 });
  });

  it('is one row of keys for each document when it is filtered', async () => {
    expect(await costOf(few, { status: 'ready' })).toMatchObject({ calls: 2, scanned: 100 });
  });

  it.each<[string, DocumentFilter]>([['unfiltered', {}], ['filtered', { status: 'ready' }]])(
    'does not rise with the number of documents (%s)',
    async (_, filter) => {
      const [small, large] = [await costOf(few, filter), await costOf(many, filter)];
      expect(large.capacity).toBeLessThanOrEqual(small.capacity * 1.1);
      expect(large.calls).toBe(small.calls);
    },
  );

  it('takes no more CPU of the task', async () => {
    const best = { few: Number.POSITIVE_INFINITY, many: Number.POSITIVE_INFINITY };
    // In turn, so that a busy moment of the machine meets both; the best round is the one that was disturbed least.
    for (let round = 0; round < 12; round += 1) {
      for (const [name, userId] of Object.entries({ few, many }) as ['few' | 'many', string][]) {
        const start = process.cpuUsage();
        for (let i = 0; i < 10; i += 1) await by.documents.list(userId, {}, { limit: 50 });
        const { user, system } = process.cpuUsage(start);
        best[name] = Math.min(best[name], (user + system) / 10);
      }
    }
    console.log(`CPU of a list of 50: ${best.few.toFixed(0)} µs of 100 documents, ${best.many.toFixed(0)} µs of ${MANY + 200}`);
    expect(best.many).toBeLessThanOrEqual(best.few * 1.5);
  }, 120_000);

  it('does not rise deep into the list', async () => {
    let after: { after: string } | undefined;
    for (let page = 0; page < 30; page += 1) after = (await by.documents.list(many, {}, { limit: 100, after })).next;
    const first = await costOf(many, {});
    Object.assign(cost, { capacity: 0, scanned: 0, calls: 0 });
    await by.documents.list(many, {}, { limit: 50, after });
    expect(cost.capacity).toBeLessThanOrEqual(first.capacity * 1.1);
  });
});
