import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cloudEnv } from '../../test/support/cloud.js';
import { dynamoDb } from '../aws/clients.js';
import { cacheServer, CacheServer, startTask, stopTask, warm, type Task } from '../cache/cache-server.fixture.js';
import { MemoryFenceStore } from '../cache/memory-fence-store.js';
import { NoCache } from '../cache/no-cache.js';
import { parseConfig } from '../config/config.js';
import { CachedSessionRepository } from './cached-session.repository.js';
import { CachedSignInRepository } from './cached-sign-in.repository.js';
import { CachedUserRecords } from './cached-user-records.js';
import { DynamoSessionRepository } from './dynamo-session.repository.js';
import { DynamoSignInRepository } from './dynamo-sign-in.repository.js';
import { DynamoUserRecords } from './dynamo-user-records.js';
import { MemorySessionRepository } from './memory-session.repository.js';
import { MemorySignInRepository } from './memory-sign-in.repository.js';
import { MemoryUserRecords } from './memory-user-records.js';
import { sessionRepositoryContract } from './session.repository.contract.js';
import { aSignIn, signInRepositoryContract } from './sign-in.repository.contract.js';
import { userRecordsContract } from './user-records.contract.js';

const config = parseConfig(cloudEnv());
Object.assign(process.env, Object.fromEntries(Object.entries(cloudEnv()).filter(([name]) => name.startsWith('AWS_'))));
const onDynamoDb = (db = dynamoDb(config)) => ({
  signIns: new DynamoSignInRepository(db, config.SESSIONS_TABLE),
  sessions: new DynamoSessionRepository(db, config.SESSIONS_TABLE),
  records: new DynamoUserRecords(db, config.SESSIONS_TABLE),
});

const inMemory = async () => {
  const signIns = new MemorySignInRepository();
  const sessions = new MemorySessionRepository(signIns);
  return { signIns, sessions, records: new MemoryUserRecords(signIns, sessions) };
};

const server = new CacheServer();
let task: Task | undefined;
beforeAll(async () => {
  if (!cacheServer) return;
  await server.start();
  task = await startTask(server.port, new MemoryFenceStore());
  await warm(task);
}, 15_000);
afterAll(async () => {
  if (task) stopTask(task);
  await server.remove();
});

const cached = async () => {
  const { signIns, sessions, records } = onDynamoDb();
  const cache = task?.cache ?? new NoCache();
  return {
    signIns: new CachedSignInRepository(signIns, cache),
    sessions: new CachedSessionRepository(sessions, cache),
    records: new CachedUserRecords(records, cache),
  };
};

for (const contract of [signInRepositoryContract, sessionRepositoryContract, userRecordsContract]) {
  contract('the fake', inMemory);
  contract('DynamoDB', async () => onDynamoDb());
  contract(cacheServer ? 'the cached repository' : 'the cached repository, without a cache', cached);
}

describe('on DynamoDB', () => {
  /** Loses the reply of the first transaction after it took place. */
  const lossy = () => {
    const db = dynamoDb(config);
    const loss = { count: 0 };
    db.middlewareStack.add(
      (next, context) => async (args) => {
        const result = await next(args);
        if (context.commandName !== 'TransactWriteItemsCommand' || loss.count > 0) return result;
        loss.count += 1;
        throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET', $retryable: {} });
      },
      { step: 'deserialize', priority: 'low' },
    );
    return { loss, ...onDynamoDb(db) };
  };

  it('counts a write of session data whose reply was lost as done', async () => {
    const { signIns } = onDynamoDb();
    const signIn = aSignIn();
    await signIns.record(signIn, {});
    const at = new Date().toISOString();
    const first = { userId: signIn.userId, signInId: signIn.id, data: {}, version: 1, createdAt: at, updatedAt: at, expiresAt: '2099-01-01T00:00:00.000Z' };
    const creating = lossy();
    await creating.sessions.save(first);
    const replacing = lossy();
    await replacing.sessions.save({ ...first, version: 2, data: { b: 2 } }, first);
    expect([creating.loss.count, replacing.loss.count]).toEqual([1, 1]);
    expect((await onDynamoDb().sessions.find(signIn.userId, signIn.id))?.version).toBe(2);
  });

  it('counts a first sighting and an end whose replies were lost as done', async () => {
    const signIn = aSignIn();
    const recording = lossy();
    expect(await recording.signIns.record(signIn, {})).toBe(true);
    const ending = lossy();
    expect(await ending.signIns.end(signIn.userId, signIn.id, 1, '2099-01-01T00:00:00.000Z')).toBe(true);
    expect([recording.loss.count, ending.loss.count]).toEqual([1, 1]);
  });
});
