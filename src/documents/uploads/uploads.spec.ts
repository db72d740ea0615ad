import { beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { documentsFixture } from '../documents.fixture.js';
import { toDocument } from '../stored-document.js';
import { uploadKeyOf } from './upload-state.js';

const USER = 'user';
const MIB = 2 ** 20;
const DAY = 86_400_000;
const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('base64');

describe('an upload', () => {
  let fixture: ReturnType<typeof documentsFixture>;
  beforeEach(() => {
    fixture = documentsFixture();
  });

  const create = async (changes: object = {}) => {
    const input = { name: 'a.txt', contentType: 'text/plain', size: 5, tags: [], ...changes };
    return (await fixture.uploads.create(USER, input)).document;
  };
  const uploaded = async (bytes: string, changes: object = {}, type = 'text/plain') => {
    const document = await create(changes);
    fixture.files.put(uploadKeyOf(document), bytes, type);
    return document;
  };
  const complete = (id: string, conditions = {}) => fixture.completions.complete(USER, id, undefined, conditions);

  it('is published once its bytes are what was promised, and stays what it is when completed again', async () => {
    const { id } = await uploaded('hello', { checksumSha256: sha256('hello') });
    const published = await complete(id);
    expect(toDocument(published)).toMatchObject({ status: 'ready', version: 2, size: 5, checksumSha256: sha256('hello') });
    expect(await complete(id, { ifMatch: '"1"' })).toEqual(published);
    expect(await fixture.documents.usage(USER)).toEqual({ documents: 1, bytes: 5, pendingUploads: 0 });
  });

  it('is not there before anything was uploaded', async () => {
    const { id } = await create();
    await expect(complete(id)).rejects.toMatchObject({ kind: 'not-uploaded' });
    await expect(fixture.downloads.download(USER, id, { disposition: 'inline' })).rejects.toMatchObject({ kind: 'not-ready' });
  });

  it.each([
    ['size', 'hello!', {}, 'text/plain', '/size'],
    ['declared type', 'hello', {}, 'text/html', '/contentType'],
    ['checksum', 'hello', { checksumSha256: sha256('other') }, 'text/plain', '/checksumSha256'],
    ['first bytes', '\x7fELF\x02\x01\x01'.padEnd(40, '\0'), { size: 40 }, 'text/plain', '/contentType'],
  ])('with another %s is rejected and its bytes removed', async (_, bytes, changes, type, pointer) => {
    const { id } = await uploaded(bytes, changes, type);
    await expect(complete(id)).rejects.toMatchObject({ kind: 'upload-mismatch', errors: [{ pointer }] });
    expect(fixture.files.files.size).toBe(0);
    expect(toDocument(await fixture.documents.get(USER, id))).toMatchObject({ status: 'rejected', reason: 'mismatch', version: 2 });
    await expect(complete(id)).rejects.toMatchObject({ kind: 'conflict' });
    expect(await fixture.documents.usage(USER)).toEqual({ documents: 0, bytes: 0, pendingUploads: 0 });
    expect(fixture.repository.leftovers).toHaveLength(1);
  });

  it('that is aborted takes its bytes along, and can be aborted again but not completed', async () => {
    const { id } = await uploaded('hello');
    await fixture.uploads.abort(USER, id, {});
    await fixture.uploads.abort(USER, id, {});
    expect(fixture.files.files.size).toBe(0);
    await expect(complete(id)).rejects.toMatchObject({ kind: 'conflict' });
    await expect(fixture.uploads.ticket(USER, id)).rejects.toMatchObject({ kind: 'conflict' });
    expect(toDocument(await fixture.documents.get(USER, id))).toMatchObject({ status: 'rejected', reason: 'aborted', version: 2 });
  });

  it('that is complete cannot be aborted', async () => {
    const { id } = await uploaded('hello');
    await complete(id);
    await expect(fixture.uploads.abort(USER, id, {})).rejects.toMatchObject({ kind: 'conflict' });
    expect(fixture.files.files.size).toBe(1);
  });

  it('respects If-Match when given, and changes nothing when it is stale', async () => {
    const { id } = await uploaded('hello');
    await expect(complete(id, { ifMatch: '"7"' })).rejects.toMatchObject({ kind: 'stale' });
    await expect(fixture.uploads.abort(USER, id, { ifMatch: '"7"' })).rejects.toMatchObject({ kind: 'stale' });
    expect(await complete(id, { ifMatch: '"1"' })).toMatchObject({ status: 'ready' });
  });

  it('ends in exactly one way when it is completed, aborted and trashed at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id } = await uploaded('hello');
      const outcomes = await Promise.allSettled([complete(id), fixture.uploads.abort(USER, id, {}), complete(id)]);
      const { status, contentId } = await fixture.documents.get(USER, id);
      expect(['ready', 'rejected']).toContain(status);
      expect(contentId !== undefined).toBe(status === 'ready');
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(['conflict', 'not-uploaded']).toContain(outcome.reason.kind);
      }
    }
  });

  it('outlives the trash and goes on after it', async () => {
    const { id } = await uploaded('hello');
    await fixture.documents.trash(USER, id, {});
    await expect(complete(id)).rejects.toMatchObject({ kind: 'conflict' });
    expect(await fixture.documents.restore(USER, id, {})).toMatchObject({ status: 'pending', version: 3 });
    expect(await complete(id)).toMatchObject({ status: 'ready', version: 4 });
  });

  it('is kept for another day by each ticket, and expires after the last', async () => {
    const { id } = await uploaded('hello');
    fixture.clock.pass(DAY - 1_000);
    await fixture.uploads.ticket(USER, id);
    fixture.clock.pass(DAY - 1_000);
    await fixture.uploads.expire(USER, id, fixture.clock.timestamp());
    expect(await fixture.documents.get(USER, id)).toMatchObject({ status: 'pending', version: 1 });
    fixture.clock.pass(2_000);
    await fixture.uploads.expire(USER, id, fixture.clock.timestamp());
    expect(await fixture.documents.get(USER, id)).toMatchObject({ status: 'rejected', reason: 'expired' });
    expect(fixture.files.files.size).toBe(0);
  });

  it('larger than a file may be is refused with the numbers', async () => {
    fixture = documentsFixture({ fileBytes: 4 });
    await expect(create()).rejects.toMatchObject({ kind: 'too-large', extra: { limit: 4, requested: 5 } });
  });

  describe('in parts', () => {
    const SIZE = 80 * MIB;
    const begin = async () => {
      const document = await create({ size: SIZE, contentType: 'application/octet-stream' });
      await fixture.multipart.sign(USER, document.id, [1]);
      const { upload } = await fixture.documents.get(USER, document.id);
      return { id: document.id, multipartId: upload.multipartId! };
    };
    const part = Buffer.alloc(16 * MIB, 1);

    it('is planned, resumed from what is stored, and assembled once', async () => {
      const { id, multipartId } = await begin();
      expect(await fixture.uploads.ticket(USER, id)).toMatchObject({ strategy: 'multipart', partSize: 16 * MIB, partCount: 5 });
      for (const number of [1, 2, 3, 4]) fixture.files.putPart(multipartId, number, part);
      await expect(complete(id)).rejects.toMatchObject({ kind: 'not-uploaded', errors: [{ detail: 'part 5 is missing' }] });
      expect(await fixture.multipart.stored(USER, id)).toHaveLength(4);
      fixture.files.putPart(multipartId, 5, part);
      const published = await complete(id);
      expect(published).toMatchObject({ status: 'ready', size: SIZE });
      expect(await complete(id)).toEqual(published);
      expect(fixture.files.multiparts.size).toBe(0);
    });

    it('refuses wrong lists of parts and stays as it was', async () => {
      const { id, multipartId } = await begin();
      const etags = [1, 2, 3, 4, 5].map((number) => fixture.files.putPart(multipartId, number, part));
      const list = etags.map((etag, index) => ({ partNumber: index + 1, etag }));
      const attempt = (parts: { partNumber: number; etag: string }[]) => fixture.completions.complete(USER, id, parts, {});
      await expect(attempt([...list].reverse())).rejects.toMatchObject({ kind: 'validation' });
      await expect(attempt([...list, { partNumber: 6, etag: 'x' }])).rejects.toMatchObject({ kind: 'validation' });
      await expect(attempt([...list.slice(0, 4), { partNumber: 5, etag: 'other' }])).rejects.toMatchObject({ kind: 'validation' });
      await expect(attempt(list.slice(0, 4))).rejects.toMatchObject({ kind: 'not-uploaded' });
      expect(await attempt(list.map(({ partNumber, etag }) => ({ partNumber, etag: etag.replaceAll('"', '') })))).toMatchObject({ status: 'ready' });
    });

    it('is rejected when its parts are more than was promised, or too small', async () => {
      const more = await begin();
      for (const number of [1, 2, 3, 4, 5, 6]) fixture.files.putPart(more.multipartId, number, part);
      await expect(complete(more.id)).rejects.toMatchObject({ kind: 'upload-mismatch', errors: [{ pointer: '/size' }] });
      const small = await begin();
      fixture.files.putPart(small.multipartId, 1, Buffer.alloc(MIB));
      fixture.files.putPart(small.multipartId, 2, Buffer.alloc(79 * MIB));
      await expect(complete(small.id)).rejects.toMatchObject({ kind: 'upload-mismatch', errors: [{ pointer: '/parts' }] });
      expect(fixture.files.multiparts.size).toBe(0);
    });

    it('has no parts beyond its plan, and a single upload has none', async () => {
      const { id } = await begin();
      await expect(fixture.multipart.sign(USER, id, [6])).rejects.toMatchObject({ kind: 'validation' });
      await expect(fixture.multipart.sign(USER, (await create()).id, [1])).rejects.toMatchObject({ kind: 'conflict' });
    });

    it('has many parts signed in a turn of their own, and few at once', async () => {
      const { id } = await create({ size: 33 * 16 * MIB });
      await fixture.multipart.sign(USER, id, [1]);
      const order: number[] = [];
      const ask = async (count: number) => {
        await fixture.multipart.sign(USER, id, Array.from({ length: count }, (_, nth) => nth + 1));
        order.push(count);
      };
      await Promise.all([ask(33), ask(32)]);
      expect(order).toEqual([32, 33]);
    });

    it('is begun once, however many tasks ask at the same time', async () => {
      const { id } = await create({ size: SIZE });
      await Promise.all(Array.from({ length: 5 }, () => fixture.multipart.sign(USER, id, [1])));
      expect(fixture.files.multiparts.size).toBe(1);
    });
  });

  describe('of a new version', () => {
    const content = (size: number) => ({ contentType: 'text/plain', size });
    const publishVersion = async (id: string, bytes: string) => {
      const { document } = await fixture.versions.begin(USER, id, content(bytes.length), {});
      fixture.files.put(uploadKeyOf(document), bytes, 'text/plain');
      return complete(id);
    };

    it('leaves readers the old bytes until it is verified, and the old version downloadable after', async () => {
      const { id } = await uploaded('hello');
      await complete(id);
      const before = await fixture.downloads.download(USER, id, { disposition: 'attachment' });
      const { document } = await fixture.versions.begin(USER, id, content(3), {});
      expect(toDocument(document)).toMatchObject({ status: 'ready', size: 5, version: 2 });
      expect(await fixture.downloads.download(USER, id, { disposition: 'attachment' })).toEqual(before);
      fixture.files.put(uploadKeyOf(document), 'new', 'text/plain');
      expect(toDocument(await complete(id))).toMatchObject({ status: 'ready', size: 3, version: 3 });
      const history = await fixture.versions.history(USER, id);
      expect(history).toMatchObject([{ version: 3, size: 3, current: true }, { version: 2, size: 5, current: false }]);
      expect(await fixture.downloads.download(USER, id, { disposition: 'attachment', version: history[1]!.id })).toEqual(before);
      expect(await fixture.downloads.download(USER, id, { disposition: 'attachment', version: '2' })).toEqual(before);
      expect(await fixture.documents.usage(USER)).toEqual({ documents: 1, bytes: 8, pendingUploads: 0 });
    });

    it('that is rejected or aborted changes nothing for readers', async () => {
      const { id } = await uploaded('hello');
      const ready = await complete(id);
      const { document } = await fixture.versions.begin(USER, id, content(3), {});
      fixture.files.put(uploadKeyOf(document), 'too long', 'text/plain');
      await expect(complete(id)).rejects.toMatchObject({ kind: 'upload-mismatch' });
      await fixture.versions.begin(USER, id, content(3), {});
      await expect(fixture.versions.begin(USER, id, content(3), {})).rejects.toMatchObject({ kind: 'conflict' });
      await fixture.uploads.abort(USER, id, {});
      expect(toDocument(await fixture.documents.get(USER, id))).toEqual(toDocument(ready));
      expect(fixture.files.files.size).toBe(1);
    });

    it('keeps the last ten and their bytes only', async () => {
      const { id } = await uploaded('hello');
      await complete(id);
      for (let i = 0; i < 12; i += 1) await publishVersion(id, 'x'.repeat(i + 1));
      expect(await fixture.versions.history(USER, id)).toHaveLength(10);
      expect(fixture.files.files.size).toBe(10);
      expect(await fixture.documents.usage(USER)).toMatchObject({ documents: 1, bytes: 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 11 + 12 });
    });
  });
});
