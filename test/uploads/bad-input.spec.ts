import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { begin, ownCloud, publish, send, task, textInput, type Task } from './world.js';

const MIB = 2 ** 20;

/** Each case ends with a clear answer and no half state, over the real adapters: the audit sees all of bucket and table. */
describe('an upload that goes wrong', () => {
  let by: Task;
  let userId: string;
  beforeAll(async () => {
    by = task(await ownCloud());
    userId = randomUUID();
  }, 60_000);
  afterEach(async () => {
    expect(await by.audit.run()).toEqual({ orphans: [], strayUploads: [], losses: [], inconsistencies: [], wrongUsage: [] });
  });

  const complete = (id: string, parts?: { partNumber: number; etag: string }[]) => by.completions.complete(userId, id, parts, {});
  const bytesOf = async (id: string) => fetch((await by.downloads.download(userId, id, { disposition: 'attachment' })).url);

  /** A multipart upload of Uppy's making, whose parts may be of any size; gives the ETags that S3 answered. */
  const inParts = async (size: number, ...lengths: number[]) => {
    const { document } = await by.uploads.create(userId, textInput(size));
    const start = await by.uppy.sign(userId, { method: 'POST', key: document.id });
    const [, uploadId = ''] = /<UploadId>(.+)<\/UploadId>/.exec(await (await send('POST', start.url, start.headers)).text()) ?? [];
    const parts: { partNumber: number; etag: string }[] = [];
    for (const [index, length] of lengths.entries()) {
      const part = await by.uppy.sign(userId, { method: 'PUT', key: document.id, uploadId, partNumber: index + 1 });
      const { headers } = await send('PUT', part.url, part.headers, Buffer.alloc(length, 'x'));
      parts.push({ partNumber: index + 1, etag: headers.get('etag') ?? '' });
    }
    return { id: document.id, uploadId, parts };
  };

  it('names wrong part numbers, their order and their ETags, and completes afterwards', async () => {
    const { id, parts: [first, second] } = await inParts(6 * MIB, 5 * MIB, MIB);
    if (!first || !second) throw new Error('Two parts were sent.');
    await expect(complete(id, [second, first])).rejects.toMatchObject({ kind: 'validation', errors: [{ pointer: '/parts/1/partNumber' }] });
    await expect(complete(id, [first, { ...second, partNumber: 3 }])).rejects.toMatchObject({ kind: 'validation', errors: [{ pointer: '/parts/1/partNumber' }] });
    await expect(complete(id, [first, { ...second, etag: first.etag }])).rejects.toMatchObject({ kind: 'validation', errors: [{ pointer: '/parts/1/etag' }] });
    await expect(complete(id, [first])).rejects.toMatchObject({ kind: 'not-uploaded' });
    expect(await complete(id, [first, second])).toMatchObject({ status: 'ready', size: 6 * MIB });
  });

  it('refuses to sign parts beyond the plan', async () => {
    const { document } = await by.uploads.create(userId, textInput(65 * MIB));
    await expect(by.multipart.sign(userId, document.id, [1, 6])).rejects.toMatchObject({ kind: 'validation', errors: [{ pointer: '/partNumbers/1' }] });
    expect(await by.multipart.stored(userId, document.id)).toEqual([]);
  });

  it('is rejected when parts are too small', async () => {
    const { id, parts } = await inParts(6 * MIB, 3 * MIB, 3 * MIB);
    await expect(complete(id, parts)).rejects.toMatchObject({ kind: 'upload-mismatch', errors: [{ pointer: '/parts' }] });
    expect(await by.documents.get(userId, id)).toMatchObject({ status: 'rejected', reason: 'mismatch' });
  });

  it('does not take the id of another upload', async () => {
    const [mine, other] = [await inParts(6 * MIB), await inParts(6 * MIB)];
    await expect(by.uppy.sign(userId, { method: 'PUT', key: mine.id, uploadId: other.uploadId, partNumber: 1 })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(by.uppy.sign(userId, { method: 'PUT', key: mine.id, uploadId: 'made-up', partNumber: 1 })).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('is complete once, however often and from however many tasks it is completed', async () => {
    const { id, parts } = await inParts(5 * MIB, 5 * MIB);
    const done = await Promise.all(Array.from({ length: 4 }, () => complete(id, parts)));
    for (const document of [...done, await complete(id), await complete(id, parts)]) expect(document).toMatchObject({ status: 'ready', version: 2 });
  });

  it('cannot be completed or filled after it was aborted', async () => {
    const { id, uploadId, parts } = await inParts(6 * MIB, 5 * MIB);
    const late = await by.uppy.sign(userId, { method: 'PUT', key: id, uploadId, partNumber: 2 });
    await by.uploads.abort(userId, id, {});
    expect((await send('PUT', late.url, late.headers, Buffer.alloc(MIB))).status).toBe(404);
    await expect(complete(id, parts)).rejects.toMatchObject({ kind: 'conflict' });
    await expect(by.uppy.sign(userId, { method: 'PUT', key: id, uploadId, partNumber: 2 })).rejects.toMatchObject({ kind: 'conflict' });
  });

  it('cannot be changed after it is complete', async () => {
    const { id, ticket } = await publish(by, userId, 'hello');
    expect((await send('PUT', ticket.url, ticket.headers, 'HELLO')).status).toBe(412);
    await expect(by.uppy.sign(userId, { method: 'PUT', key: id })).rejects.toMatchObject({ kind: 'conflict' });
    expect(await (await bytesOf(id)).text()).toBe('hello');
  });

  it.each<[string, string, Record<string, string>]>([
    ['more bytes', 'hello!', {}],
    ['fewer bytes', 'hell', {}],
    ['another type', 'hello', { 'content-type': 'text/html' }],
  ])('is refused by S3 itself for %s than promised, and can still be sent', async (_, bytes, changes) => {
    const { id, ticket } = await begin(by, userId, 'hello');
    expect((await send('PUT', ticket.url, { ...ticket.headers, ...changes }, bytes)).status).toBe(403);
    await expect(complete(id)).rejects.toMatchObject({ kind: 'not-uploaded' });
    await send('PUT', ticket.url, ticket.headers, 'hello');
    expect(await complete(id)).toMatchObject({ status: 'ready' });
  });

  it.each<[string, string, string]>([
    ['a page behind the first bytes of a picture', 'image/gif', 'GIF89a\x01\x00\x01\x00\x80/*<script>alert(1)</script>*/'],
    ['a PDF that is a picture, too', 'application/pdf', '\xff\xd8\xff\xe0\x00\x10JFIF\x00%PDF-1.7\n'],
    ['a page called a picture', 'image/png', '<!DOCTYPE html><script>alert(1)</script>'],
  ])('is rejected for a polyglot file: %s', async (_, contentType, text) => {
    const bytes = Buffer.from(text, 'latin1');
    const { id, ticket } = await begin(by, userId, bytes, { contentType });
    expect((await send('PUT', ticket.url, ticket.headers, bytes)).status).toBe(200);
    await expect(complete(id)).rejects.toMatchObject({ kind: 'upload-mismatch', errors: [{ pointer: '/contentType' }] });
    expect(await by.documents.get(userId, id)).toMatchObject({ status: 'rejected' });
  });

  it('may have zero bytes', async () => {
    const { id } = await publish(by, userId, '');
    expect(await by.documents.get(userId, id)).toMatchObject({ status: 'ready', size: 0 });
    expect((await (await bytesOf(id)).arrayBuffer()).byteLength).toBe(0);
  });

  it('may be named by 255 emoji, which the download tells', async () => {
    const name = '👩'.repeat(255);
    const { id } = await publish(by, userId, 'hello', { name });
    const disposition = (await bytesOf(id)).headers.get('content-disposition') ?? '';
    expect(decodeURIComponent(/filename\*=UTF-8''(.+)$/.exec(disposition)?.[1] ?? '')).toBe(name);
  });
});
