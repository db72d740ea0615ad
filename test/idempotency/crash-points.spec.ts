import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { isKind } from '../../src/common/app-error.js';
import type { Config } from '../../src/config/config.js';
import { shareCreation } from '../../src/documents/shares/share-creation.js';
import { ticketedCreation } from '../../src/documents/uploads/ticketed.js';
import { LEASE_MS, type Creation } from '../../src/idempotency/idempotency.js';
import { doomedTask, pausedTask, type Moment } from '../uploads/crash.js';
import { ownCloud, publish, task, textInput, type Task } from '../uploads/world.js';

const MIB = 2 ** 20;
const DAY = 86_400_000;

interface Subject {
  userId: string;
  id: string;
}

/** A creating request and where its effects can be counted. */
interface Request {
  name: string;
  prepare(by: Task, userId: string): Promise<{ id: string }>;
  creation(by: Task, subject: Subject): Creation<any, any>;
  /** What the client does with the answer. */
  afterwards?(by: Task, subject: Subject, answer: any): Promise<unknown>;
  effects(by: Task, subject: Subject): Promise<number>;
}

const nothing = async () => ({ id: '' });
const documents = async (by: Task, { userId }: Subject) => (await by.documents.list(userId, {}, { limit: 10 })).items.length;

const REQUESTS: Request[] = [
  {
    name: 'POST /v1/documents',
    prepare: nothing,
    creation: (by, { userId }) => ticketedCreation(by.uploads, userId, (receiptOf) => by.uploads.create(userId, textInput(5), receiptOf)),
    effects: documents,
  },
  {
    name: 'POST /v1/documents and the first parts of a multipart upload',
    prepare: nothing,
    creation: (by, { userId }) => ticketedCreation(by.uploads, userId, (receiptOf) => by.uploads.create(userId, textInput(65 * MIB), receiptOf)),
    afterwards: (by, { userId }, { document }) => by.multipart.sign(userId, document.id, [1]),
    effects: documents,
  },
  {
    name: 'POST …/versions',
    prepare: (by, userId) => publish(by, userId, 'hello'),
    creation: (by, { userId, id }) =>
      ticketedCreation(by.uploads, userId, (receiptOf) => by.versions.begin(userId, id, { contentType: 'text/plain', size: 3 }, {}, receiptOf)),
    effects: async (by, { userId }) => (await by.repository.usage(userId)).pendingUploads,
  },
  {
    name: 'POST …/shares',
    prepare: (by, userId) => publish(by, userId, 'hello'),
    creation: (by, { userId, id }) => shareCreation('http://host/v1/shares/', (receiptOf) => by.shares.create(userId, id, { maxDownloads: 1 }, receiptOf)),
    effects: async (by, { userId, id }) => (await by.shares.list(userId, id, { limit: 10 })).items.length,
  },
];

/** An answer without what a replay may renew. */
const lasting = (answer: any) => ({ ...answer, upload: answer.upload && { ...answer.upload, url: '', expiresAt: '' } });

describe('a creating request with an Idempotency-Key', () => {
  let config: Config;
  let healthy: Task;
  let points = 0;
  beforeAll(async () => {
    config = await ownCloud();
    healthy = task(config);
  }, 30_000);
  afterAll(() => {
    expect(points).toBeGreaterThanOrEqual(30);
  });

  const subjectOf = async ({ prepare }: Request): Promise<Subject> => {
    const userId = randomUUID();
    return { userId, id: (await prepare(healthy, userId)).id };
  };

  const send = async (request: Request, by: Task, subject: Subject) => {
    const { userId } = subject;
    const outcome = await by.idempotency.carryOut({ userId, key: 'k', method: 'POST', path: request.name, body: {} }, request.creation(by, subject));
    await request.afterwards?.(by, subject, outcome.body);
    return outcome;
  };

  /** What a client does that got no reply: once at once, and when it is told to wait, once more when the lease is over. */
  const retry = async (request: Request, subject: Subject) => {
    try {
      return await send(request, healthy, subject);
    } catch (error) {
      if (!isKind(error, 'request-in-progress')) throw error;
    }
    healthy.clock.ahead += LEASE_MS;
    const outcome = await send(request, healthy, subject);
    healthy.clock.ahead = 0;
    return outcome;
  };

  const expectOneEffect = async (request: Request, subject: Subject, answer: object) => {
    expect(await request.effects(healthy, subject)).toBe(1);
    const replay = await send(request, healthy, subject);
    expect(replay.isReplay).toBe(true);
    expect(lasting(replay.body)).toEqual(lasting(answer));
    points += 1;
  };

  const callsOf = async (request: Request): Promise<number> => {
    const { doomed, life } = doomedTask(config);
    await send(request, doomed, await subjectOf(request));
    return life.calls;
  };

  const eachPoint = async (request: Request, at: (call: number, moment: Moment) => Promise<void>) => {
    const calls = await callsOf(request);
    expect(calls).toBeGreaterThanOrEqual(2);
    for (let call = 1; call <= calls; call += 1) for (const moment of ['before', 'after'] as const) await at(call, moment);
  };

  const named = REQUESTS.map((request) => [request.name, request] as const);

  it.each(named)('%s has one effect when its task is killed before or after any AWS call', async (_, request) => {
    await eachPoint(request, async (call, moment) => {
      const subject = await subjectOf(request);
      const { doomed, life } = doomedTask(config, call, moment);
      await Promise.race([life.died, send(request, doomed, subject)]);
      const { body } = await retry(request, subject);
      await expectOneEffect(request, subject, body);
    });
  }, 300_000);

  it.each(named)('%s has one effect when its task stands still at any AWS call and goes on after another took over', async (_, request) => {
    await eachPoint(request, async (call, moment) => {
      const subject = await subjectOf(request);
      const { paused, isPaused, goOn } = pausedTask(config, call, moment);
      const late = send(request, paused, subject).catch((error: unknown) => error);
      await isPaused;
      const { body } = await retry(request, subject);
      goOn();
      const outcome: any = await late;
      if (outcome instanceof Error) expect(isKind(outcome, 'request-in-progress')).toBe(true);
      else expect(lasting(outcome.body)).toEqual(lasting(body));
      await expectOneEffect(request, subject, body);
    });
  }, 300_000);

  it('that is refused frees its key, or leaves it to the end of its lease, wherever its task is killed', async () => {
    const [refused, allowed] = [{ ...REQUESTS[3], prepare: async (by: Task, userId: string) => (await by.uploads.create(userId, textInput(5))).document } as Request, REQUESTS[0] as Request];
    const { doomed, life } = doomedTask(config);
    await expect(send(refused, doomed, await subjectOf(refused))).rejects.toMatchObject({ kind: 'not-ready' });
    for (let call = 1; call <= life.calls; call += 1) {
      for (const moment of ['before', 'after'] as const) {
        const { userId } = await subjectOf(refused);
        const dying = doomedTask(config, call, moment);
        await Promise.race([dying.life.died, send(refused, dying.doomed, { userId, id: randomUUID() }).catch(() => undefined)]);
        const { isReplay } = await retry(allowed, { userId, id: '' });
        expect(isReplay).toBe(false);
        points += 1;
      }
    }
  }, 300_000);

  it('leaves bucket and table in agreement after one sweep', async () => {
    healthy.clock.ahead = 2 * DAY;
    expect(await healthy.sweeper.sweep()).toMatchObject({ failures: 0 });
    expect(await healthy.audit.run()).toEqual({ orphans: [], strayUploads: [], losses: [], inconsistencies: [], wrongUsage: [] });
  }, 300_000);
});
