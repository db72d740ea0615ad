import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { v7 } from 'uuid';
import type { Environment } from '../../local/names.js';
import type { User } from '../../src/auth/current-user.js';
import { parseConfig, type Config } from '../../src/config/config.js';
import { ownEnvironment } from '../support/own-cloud.js';
import { search } from '../support/search.js';
import { doom } from '../uploads/crash.js';
import { publish, send, task, textInput, type Task } from '../uploads/world.js';
import { accountsTask, type AccountsTask } from './accounts-task.js';

/** In the id of every user of a test, so that one search finds what is left of any. */
const aUser = (): User => {
  const now = Math.floor(Date.now() / 1_000);
  const [userId, signInId] = [`${group}-${randomUUID()}`, randomUUID()];
  return { userId, signInId, username: userId, groups: [], isAdmin: false, issuedAt: now, authTime: now, expiresAt: now + 3_600, token: 'token' };
};

let environment: Environment;
let config: Config;
let healthy: AccountsTask;
let documents: Task;
beforeAll(async () => {
  environment = { ...(await ownEnvironment()), CACHE_URL: '' };
  config = parseConfig(environment);
  [healthy, documents] = [accountsTask(config), task(config)];
}, 30_000);

/** Of one test: what another left behind is not searched for. */
let group = '';
beforeEach(() => {
  healthy.clock.ahead = 0;
  group = randomUUID().slice(0, 8);
});

/** Something of everything that is kept of a user. */
async function settle(): Promise<User> {
  const user = aUser();
  const { userId, signInId } = user;
  const at = new Date().toISOString();
  await Promise.all([user, { ...user, signInId: 'phone' }].map((each) => healthy.signOuts.check(each)));
  await healthy.signIns.end(userId, 'phone');
  await healthy.sessions.save({ userId, signInId, data: { a: 1 }, version: 1, createdAt: at, updatedAt: at, expiresAt: '2099-01-01T00:00:00.000Z' });
  await healthy.profiles.create({ userId, displayName: 'Ada', version: 1, createdAt: at, updatedAt: at });
  const shared = await publish(documents, userId, 'hello');
  await documents.shares.create(userId, shared.id, {});
  const large = await documents.uploads.create(userId, textInput(70 * 2 ** 20));
  await documents.multipart.sign(userId, large.document.id, [1]);
  await healthy.db.send(new PutCommand({ TableName: config.IDEMPOTENCY_TABLE, Item: { pk: userId, sk: randomUUID(), ttl: 4_000_000_000 } }));
  return user;
}

const AT_ONCE = 12;
/** Budget of a request here: it ends by being killed, not by the clock. */
const PATIENT_MS = 60_000;

/** Users settled, and `act` by a task of each that dies before or after one of its calls: at every call, for one user each. */
async function killEverywhere(act: (by: AccountsTask, user: User) => Promise<unknown>, prepare: (user: User) => Promise<void> = async () => {}): Promise<User[]> {
  const first = await settle();
  await prepare(first);
  const counting = doom();
  const counted = accountsTask(config, counting.watch);
  await act(counted, first);
  counted.end();
  const points = Array.from({ length: counting.life.calls }, (_, i) => i + 1).flatMap((at) => (['before', 'after'] as const).map((moment) => ({ at, moment })));
  const users: User[] = [];
  for (let i = 0; i < points.length; i += AT_ONCE) {
    const batch = points.slice(i, i + AT_ONCE).map(async ({ at, moment }) => {
      const user = await settle();
      await prepare(user);
      const { life, watch } = doom(at, moment);
      const doomed = accountsTask(config, watch);
      await Promise.race([life.died, act(doomed, user)]);
      doomed.end();
      return user;
    });
    users.push(...(await Promise.all(batch)));
  }
  return users;
}

/** The sweep comes a moment after the last close. */
async function sweep(): Promise<void> {
  healthy.clock.ahead = 1_000;
  expect(await healthy.sweeper.sweep()).toMatchObject({ failures: 0 });
  healthy.clock.ahead = 0;
}

/** Without the deadline of a request. */
const eraseNow = async (user: User): Promise<void> => healthy.erasure.finish(user.userId, await healthy.signIns.close(user));

const onlyRecords = (users: number): string[] => Array.from({ length: users }, () => 'SESSIONS_TABLE MARK');

describe('an erasure', () => {
  it('killed anywhere in the request is finished by one sweep, or was never begun', async () => {
    const users = await killEverywhere(({ erasure }, user) => erasure.erase(user, PATIENT_MS));
    expect(users.length).toBeGreaterThan(40);
    const marks = await Promise.all(users.map(({ userId }) => healthy.repository.endings(userId, 'any')));
    const untouched = users.filter((_, i) => marks[i]?.mark === undefined);
    expect(untouched.length).toBeLessThan(4);
    await Promise.all(untouched.map((user) => healthy.erasure.erase(user)));
    await sweep();
    expect(await search(environment, `${group}-`)).toEqual(onlyRecords(users.length + 1));
  }, 300_000);

  it('killed anywhere in the sweep is finished by the next', async () => {
    const closedAt = new Map<string, string>();
    const users = await killEverywhere(
      ({ erasure }, { userId }) => erasure.finish(userId, closedAt.get(userId) ?? ''),
      async (user) => void closedAt.set(user.userId, await healthy.signIns.close(user)),
    );
    expect(users.length).toBeGreaterThan(30);
    await sweep();
    expect(await search(environment, `${group}-`)).toEqual(onlyRecords(users.length + 1));
  }, 300_000);

  it('lets nobody in until it is done, and then a later sign-in only', async () => {
    const old = await settle();
    const closedAt = await healthy.signIns.close(old);
    const now = Math.floor(Date.now() / 1_000);
    const later = { ...old, signInId: randomUUID(), issuedAt: now, authTime: now };
    await expect(healthy.signOuts.check(old)).rejects.toMatchObject({ kind: 'unauthenticated' });
    await expect(healthy.signOuts.check(later)).rejects.toMatchObject({ kind: 'conflict' });
    expect(await healthy.records.isClosed(old.userId)).toBe(true);
    await healthy.erasure.finish(old.userId, closedAt);
    await healthy.signOuts.check(later);
    await expect(healthy.signOuts.check(old)).rejects.toMatchObject({ kind: 'unauthenticated' });
  }, 60_000);

  it('looks once more for bytes that came late, and leaves those of the new beginning', async () => {
    const user = await settle();
    const { userId } = user;
    const promised = await documents.uploads.create(userId, textInput(5));
    await eraseNow(user);
    if (promised.upload.strategy !== 'single') throw new Error('The suite expects a single upload.');
    expect((await send('PUT', promised.upload.url, promised.upload.headers, 'ghost')).status).toBe(200);
    const anew = await publish(documents, userId, 'anew');
    const files = async () => (await search(environment, userId)).filter((found) => found.startsWith('file '));
    expect(await files()).toHaveLength(2);
    healthy.clock.ahead = 8 * 60 * 60 * 1_000;
    expect(await healthy.sweeper.sweep()).toMatchObject({ failures: 0 });
    expect(await healthy.sweeper.sweep()).toEqual({ erasedAccounts: 0, settledAccounts: 0, failures: 0 });
    healthy.clock.ahead = 0;
    expect(await files()).toEqual([expect.stringContaining(anew.id)]);
  }, 60_000);

  it('only says what it would do in a dry run', async () => {
    const user = await settle();
    await healthy.signIns.close(user);
    healthy.clock.ahead = 1_000;
    const before = await search(environment, user.userId);
    expect(before.length).toBeGreaterThan(5);
    expect((await healthy.sweeper.sweep({ dryRun: true })).erasedAccounts).toBeGreaterThanOrEqual(1);
    expect(await search(environment, user.userId)).toEqual(before);
  }, 60_000);

  it('is nobody elses', async () => {
    const [gone, stays] = [await settle(), await settle()];
    const before = await search(environment, stays.userId);
    await eraseNow(gone);
    expect(await search(environment, stays.userId)).toEqual(before);
  }, 60_000);
});

describe('an export', () => {
  it('takes every document with its own versions and shares, whatever lies between them', async () => {
    const userId = randomUUID();
    const published = [];
    for (let i = 0; i < 5; i += 1) published.push(await publish(documents, userId, `file ${i}`));
    for (const { id } of published.slice(1, 3)) for (let i = 0; i < 2; i += 1) await documents.shares.create(userId, id, {});
    await documents.repository.removeHistory(userId, published[3]!.id);
    await documents.uploads.create(userId, textInput(5));
    const found: any[] = [];
    for await (const document of healthy.owned.export(userId)) found.push(document);
    expect(found.map(({ versions, shares }) => [versions.length, shares.length])).toEqual([[1, 0], [1, 2], [1, 2], [0, 0], [1, 0], [0, 0]]);
    expect(found.slice(0, 5).map(({ id }) => id)).toEqual(published.map(({ id }) => id));
    expect(v7() > found[0].id).toBe(true);
  }, 60_000);
});
