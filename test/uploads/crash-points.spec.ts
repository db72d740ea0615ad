import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { isKind } from '../../src/common/app-error.js';
import type { Config } from '../../src/config/config.js';
import { pathOf } from '../../src/documents/uploads/file-store.js';
import { uploadKeyOf } from '../../src/documents/uploads/upload-state.js';
import { doomedTask, type Moment } from './crash.js';
import { realSigner } from './defences.js';
import { begin, ownCloud, publish, send, task, textInput, type Task } from './world.js';

const DAY = 86_400_000;
const MIB = 2 ** 20;

interface Subject {
  userId: string;
  id: string;
}

/** A thing to do that may be cut short anywhere; doing it again must end in the same way. */
interface Step {
  name: string;
  /** What is there before, made by a healthy task. */
  prepare(by: Task, userId: string): Promise<{ id: string }>;
  run(by: Task, subject: Subject): Promise<unknown>;
  /** What must hold once it was done again. */
  check(by: Task, subject: Subject): Promise<void>;
}

const statusOf = async (by: Task, { userId, id }: Subject) => (await by.documents.get(userId, id)).status;

async function bytesOf(by: Task, { userId, id }: Subject): Promise<string> {
  const { url } = await by.downloads.download(userId, id, { disposition: 'attachment' });
  return (await send('GET', url)).text();
}

const uploaded = async (by: Task, userId: string) => {
  const begun = await begin(by, userId, 'hello');
  await send('PUT', begun.ticket.url, begun.ticket.headers, 'hello');
  return begun;
};

const trashed = async (by: Task, userId: string) => {
  const document = await publish(by, userId, 'hello');
  await by.documents.trash(userId, document.id, {});
  return document;
};

async function withNewVersion(by: Task, userId: string, id: string, bytes: string): Promise<void> {
  const { upload } = await by.versions.begin(userId, id, { contentType: 'text/plain', size: bytes.length }, {});
  if (upload.strategy === 'single') await send('PUT', upload.url, upload.headers, bytes);
}

const sweepAll = async (by: Task): Promise<void> => {
  by.clock.ahead = 2 * DAY;
  await by.sweeper.sweep();
  by.clock.ahead = 0;
};

const STEPS: Step[] = [
  {
    name: 'create',
    prepare: async () => ({ id: '' }),
    run: (by, { userId }) => by.uploads.create(userId, textInput(5)),
    async check(by, { userId }) {
      const { items } = await by.documents.list(userId, {}, { limit: 10 });
      expect(items.length).toBeGreaterThanOrEqual(1);
      expect(items.every(({ status }) => status === 'pending')).toBe(true);
    },
  },
  {
    name: 'complete',
    prepare: uploaded,
    run: (by, { userId, id }) => by.completions.complete(userId, id, undefined, {}),
    async check(by, subject) {
      expect(await bytesOf(by, subject)).toBe('hello');
      expect(await by.documents.usage(subject.userId)).toEqual({ documents: 1, bytes: 5, pendingUploads: 0 });
    },
  },
  {
    name: 'complete of other bytes than promised',
    async prepare(by, userId) {
      const begun = await begin(by, userId, 'hello');
      const headers = { 'content-type': 'text/plain' };
      const [any] = await realSigner(config).sign([{ method: 'PUT', key: pathOf(uploadKeyOf(begun.document)), headers, seconds: 900 }]);
      await send('PUT', any!.url, headers, 'not the promised bytes');
      return begun;
    },
    run: (by, { userId, id }) => tolerating('upload-mismatch', 'conflict')(by.completions.complete(userId, id, undefined, {})),
    async check(by, subject) {
      expect(await statusOf(by, subject)).toBe('rejected');
    },
  },
  {
    name: 'begin of a multipart upload',
    prepare: async (by, userId) => (await by.uploads.create(userId, textInput(65 * MIB))).document,
    run: (by, { userId, id }) => by.multipart.sign(userId, id, [1, 2]),
    async check(by, { userId, id }) {
      expect(await by.multipart.stored(userId, id)).toEqual([]);
    },
  },
  {
    name: 'complete of a multipart upload',
    async prepare(by, userId) {
      const { document } = await by.uploads.create(userId, textInput(5));
      const multipartId = await by.multipart.begun(document);
      const [part] = await by.files.signParts(uploadKeyOf(document), multipartId, [{ partNumber: 1, size: 5 }]);
      await send('PUT', part!.url, part!.headers, 'hello');
      return document;
    },
    run: (by, { userId, id }) => by.completions.complete(userId, id, undefined, {}),
    async check(by, subject) {
      expect(await bytesOf(by, subject)).toBe('hello');
    },
  },
  {
    name: 'abort',
    prepare: uploaded,
    run: (by, { userId, id }) => by.uploads.abort(userId, id, {}),
    async check(by, subject) {
      expect(await statusOf(by, subject)).toBe('rejected');
    },
  },
  {
    name: 'begin of a new version',
    prepare: (by, userId) => publish(by, userId, 'hello'),
    run: (by, { userId, id }) => tolerating('conflict')(by.versions.begin(userId, id, { contentType: 'text/plain', size: 3 }, {})),
    async check(by, subject) {
      expect(await bytesOf(by, subject)).toBe('hello');
    },
  },
  {
    name: 'complete of the eleventh version',
    async prepare(by, userId) {
      const document = await publish(by, userId, 'hello');
      for (let i = 0; i < 9; i += 1) {
        await withNewVersion(by, userId, document.id, `v${i}`);
        await by.completions.complete(userId, document.id, undefined, {});
      }
      await withNewVersion(by, userId, document.id, 'newest');
      return document;
    },
    run: (by, { userId, id }) => by.completions.complete(userId, id, undefined, {}),
    async check(by, subject) {
      expect(await bytesOf(by, subject)).toBe('newest');
      expect(await by.versions.history(subject.userId, subject.id)).toHaveLength(10);
      expect(await by.documents.usage(subject.userId)).toEqual({ documents: 1, bytes: 18 + 6, pendingUploads: 0 });
    },
  },
  {
    name: 'trash',
    prepare: (by, userId) => publish(by, userId, 'hello'),
    run: (by, { userId, id }) => by.documents.trash(userId, id, {}),
    async check(by, subject) {
      expect(await by.documents.get(subject.userId, subject.id)).toMatchObject({ status: 'trashed', version: 3 });
    },
  },
  {
    name: 'restore',
    prepare: trashed,
    run: (by, { userId, id }) => by.documents.restore(userId, id, {}),
    async check(by, subject) {
      expect(await bytesOf(by, subject)).toBe('hello');
      expect(await by.documents.get(subject.userId, subject.id)).toMatchObject({ version: 4 });
    },
  },
  {
    name: 'removal for good',
    async prepare(by, userId) {
      const document = await publish(by, userId, 'hello');
      await by.shares.create(userId, document.id, {});
      await by.documents.trash(userId, document.id, {});
      return document;
    },
    run: (by, { userId, id }) => tolerating('not-found')(by.documents.remove(userId, id, {})),
    async check(by, { userId, id }) {
      await expect(by.documents.get(userId, id)).rejects.toMatchObject({ kind: 'not-found' });
      expect(await by.documents.usage(userId)).toEqual({ documents: 0, bytes: 0, pendingUploads: 0 });
    },
  },
  {
    name: 'share',
    prepare: (by, userId) => publish(by, userId, 'hello'),
    run: async (by, { userId, id }) => {
      const { token, share } = await by.shares.create(userId, id, { maxDownloads: 2 });
      await by.shares.open(token);
      await by.shares.revoke(userId, id, share.id);
    },
    async check(by, subject) {
      expect(await bytesOf(by, subject)).toBe('hello');
    },
  },
  {
    name: 'sweep',
    async prepare(by, userId) {
      const kept = await publish(by, userId, 'hello');
      await uploaded(by, userId);
      const gone = await uploaded(by, userId);
      await by.uploads.abort(userId, gone.id, {});
      by.clock.ahead = -31 * DAY;
      await trashed(by, userId);
      by.clock.ahead = 0;
      return kept;
    },
    run: sweepAll,
    async check(by, subject) {
      expect(await bytesOf(by, subject)).toBe('hello');
      const { items } = await by.documents.list(subject.userId, { status: 'trashed' }, { limit: 10 });
      expect(items).toEqual([]);
      expect(await by.documents.usage(subject.userId)).toEqual({ documents: 1, bytes: 5, pendingUploads: 0 });
    },
  },
];

/** A retry may meet what the first attempt has done already. */
const tolerating = (...kinds: Parameters<typeof isKind>[1][]) => (call: Promise<unknown>) =>
  call.catch((error: unknown) => {
    if (!kinds.some((kind) => isKind(error, kind))) throw error;
  });

let config: Config;

describe('a task that is killed', () => {
  let healthy: Task;
  let points = 0;
  beforeAll(async () => {
    config = await ownCloud();
    healthy = task(config);
  }, 30_000);
  afterAll(() => {
    expect(points).toBeGreaterThan(100);
  });

  const subjectOf = async ({ prepare }: Step): Promise<Subject> => {
    const userId = randomUUID();
    const { id } = await prepare(healthy, userId);
    return { userId, id };
  };

  const callsOf = async (step: Step): Promise<number> => {
    const { doomed, life } = doomedTask(config);
    await step.run(doomed, await subjectOf(step));
    return life.calls;
  };

  const die = async (step: Step, at: number, moment: Moment): Promise<void> => {
    const subject = await subjectOf(step);
    const { doomed, life } = doomedTask(config, at, moment);
    await Promise.race([life.died, step.run(doomed, subject)]);
    await step.run(healthy, subject);
    await step.check(healthy, subject);
    points += 1;
  };

  it.each(STEPS.map((step) => [step.name, step] as const))('before and after each AWS call of %s leaves a state from which a retry gets there', async (_, step) => {
    // What other steps left due would lengthen a sweep.
    if (step.run === sweepAll) await sweepAll(healthy);
    const calls = await callsOf(step);
    expect(calls).toBeGreaterThan(0);
    for (let at = 1; at <= calls; at += 1) for (const moment of ['before', 'after'] as const) await die(step, at, moment);
  }, 300_000);

  it('leaves bucket and table in agreement after one sweep', async () => {
    healthy.clock.ahead = 2 * DAY;
    expect(await healthy.sweeper.sweep()).toMatchObject({ failures: 0 });
    expect(await healthy.audit.run()).toEqual({ orphans: [], strayUploads: [], losses: [], inconsistencies: [], wrongUsage: [] });
  }, 300_000);
});
