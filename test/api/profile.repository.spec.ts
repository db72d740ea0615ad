import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { dynamoDb } from '../../src/aws/clients.js';
import { NoCache } from '../../src/cache/no-cache.js';
import { parseConfig } from '../../src/config/config.js';
import { CachedProfileRepository } from '../../src/profiles/cached-profile.repository.js';
import { DynamoProfileRepository } from '../../src/profiles/dynamo-profile.repository.js';
import { MemoryProfileRepository } from '../../src/profiles/memory-profile.repository.js';
import type { Profile } from '../../src/profiles/profile.js';
import { profileRepositoryContract } from '../../src/profiles/profile.repository.contract.js';
import { cloudEnv } from '../support/cloud.js';

const config = parseConfig(cloudEnv());
Object.assign(process.env, Object.fromEntries(Object.entries(cloudEnv()).filter(([name]) => name.startsWith('AWS_'))));
const onDynamoDb = (db = dynamoDb(config)) => new DynamoProfileRepository(db, config.PROFILES_TABLE);

profileRepositoryContract('the fake', () => new MemoryProfileRepository());
profileRepositoryContract('DynamoDB', () => onDynamoDb());
profileRepositoryContract('the cached repository', () => new CachedProfileRepository(onDynamoDb(), new NoCache()));

describe('on DynamoDB', () => {
  /** Counts what DynamoDB says it read, in read capacity units, and how often it was asked. */
  const metered = () => {
    const meter = { units: 0, calls: [] as string[] };
    const watched = dynamoDb(config);
    watched.middlewareStack.add(
      (next, context) => async (args) => {
        Object.assign(args.input as object, { ReturnConsumedCapacity: 'TOTAL' });
        meter.calls.push(context.commandName ?? '');
        const result = await next(args);
        const { ConsumedCapacity } = result.output as { ConsumedCapacity?: { CapacityUnits?: number } | { CapacityUnits?: number }[] };
        for (const each of [ConsumedCapacity ?? []].flat()) meter.units += each.CapacityUnits ?? 0;
        return result;
      },
      { step: 'initialize' },
    );
    return { meter, repository: onDynamoDb(watched) };
  };

  it('reads no more items for a list than it returns, however many there are', async () => {
    const email = `${randomUUID()}@example.com`;
    const { meter, repository } = metered();
    const at = new Date().toISOString();
    const profiles = Array.from({ length: 30 }, (): Profile => ({ userId: randomUUID(), displayName: 'x', email, version: 1, createdAt: at, updatedAt: at }));
    await Promise.all(profiles.map((profile) => repository.create(profile)));
    meter.calls = [];
    meter.units = 0;
    for (const read of [() => repository.list({ limit: 5 }), () => repository.listByEmail(email, { limit: 5 })]) {
      meter.units = 0;
      expect((await read()).items).toHaveLength(5);
      // Five small items strongly consistently are 5 units; the index pages of keys are half a unit each.
      expect(meter.units).toBeGreaterThan(0);
      expect(meter.units).toBeLessThanOrEqual(6);
    }
    expect(meter.calls).toEqual(['QueryCommand', 'BatchGetItemCommand', 'QueryCommand', 'BatchGetItemCommand']);
    for (const { userId } of profiles) await repository.remove(userId);
  });

  it('counts a write whose reply was lost as done', async () => {
    const lossy = dynamoDb(config);
    let losses = 0;
    lossy.middlewareStack.add(
      (next, context) => async (args) => {
        const result = await next(args);
        if (context.commandName !== 'PutItemCommand') return result;
        if (losses >= 2) return result;
        losses += 1;
        throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET', $retryable: {} });
      },
      { step: 'deserialize', priority: 'low' },
    );
    const repository = onDynamoDb(lossy);
    const at = new Date().toISOString();
    const profile: Profile = { userId: randomUUID(), displayName: 'x', version: 1, createdAt: at, updatedAt: at };
    expect(await repository.create(profile)).toBe(true);
    expect(losses).toBeGreaterThan(0);
    losses = 0;
    await repository.replace({ ...profile, version: 2 }, 1);
    expect(losses).toBeGreaterThan(0);
    expect((await repository.find(profile.userId))?.version).toBe(2);
  });
});
