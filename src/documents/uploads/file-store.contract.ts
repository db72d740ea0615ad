import { beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import { v7 } from 'uuid';
import { pathOf, type FileKey, type FileStore } from './file-store.js';

/** How a client sends bytes to the implementation under test. */
export interface UploadClient {
  put(store: FileStore, key: FileKey, bytes: Buffer, contentType: string): Promise<void>;
  putPart(store: FileStore, key: FileKey, multipartId: string, partNumber: number, bytes: Buffer): Promise<string>;
}

const MIB = 2 ** 20;

/** The promises of `FileStore`, for every implementation of it. */
export function fileStoreContract(name: string, make: () => FileStore, client: UploadClient): void {
  describe(`${name} keeps the promises of FileStore`, () => {
    let files: FileStore;
    let key: FileKey;
    beforeEach(() => {
      files = make();
      key = { userId: randomUUID(), documentId: v7(), versionId: v7() };
    });

    const pathsUnder = async (prefix: string) => {
      const paths: string[] = [];
      for await (const { path } of files.everyFile()) if (path.startsWith(prefix)) paths.push(path);
      for await (const path of files.everyUnfinished()) if (path.startsWith(prefix)) paths.push(`unfinished ${path}`);
      return paths.sort();
    };

    it('knows nothing of a file that is not there', async () => {
      expect(await files.stat(key)).toBeUndefined();
      expect(await files.head(key, 10)).toBeUndefined();
      expect(await files.hash(key)).toBeUndefined();
    });

    it('tells size, type, first bytes and hash of what a client sent', async () => {
      const bytes = Buffer.from('hello, world');
      await client.put(files, key, bytes, 'text/plain; charset=utf-8');
      expect(await files.stat(key)).toMatchObject({ size: 12, contentType: 'text/plain; charset=utf-8' });
      expect((await files.head(key, 5))?.toString()).toBe('hello');
      expect(await files.hash(key)).toBe(createHash('sha256').update(bytes).digest('base64'));
    });

    it('keeps an empty file', async () => {
      await client.put(files, key, Buffer.alloc(0), 'text/plain');
      expect(await files.stat(key)).toMatchObject({ size: 0 });
      expect(await files.head(key, 10)).toHaveLength(0);
    });

    it('assembles parts once', async () => {
      const multipartId = await files.startMultipart(key, 'application/x-parts');
      expect(await files.listParts(key, multipartId)).toEqual([]);
      const [one, two] = [Buffer.alloc(5 * MIB, 'a'), Buffer.from('end')];
      const second = await client.putPart(files, key, multipartId, 2, two);
      const first = await client.putPart(files, key, multipartId, 1, one);
      const parts = (await files.listParts(key, multipartId))!;
      expect(parts).toEqual([{ partNumber: 1, size: 5 * MIB, etag: first }, { partNumber: 2, size: 3, etag: second }]);
      expect(await files.completeMultipart(key, multipartId, [{ partNumber: 1, size: 3, etag: second }])).toBe('refused');
      expect(await files.completeMultipart(key, multipartId, parts)).toBe('completed');
      expect(['gone', 'exists', 'completed']).toContain(await files.completeMultipart(key, multipartId, parts));
      expect(await files.stat(key)).toMatchObject({ size: 5 * MIB + 3, contentType: 'application/x-parts' });
      expect(await files.hash(key)).toBe(createHash('sha256').update(one).update(two).digest('base64'));
    });

    it('refuses parts that are too small, and a second file under a key', async () => {
      const small = await files.startMultipart(key, 'text/plain');
      for (const number of [1, 2]) await client.putPart(files, key, small, number, Buffer.from('small'));
      expect(await files.completeMultipart(key, small, (await files.listParts(key, small))!)).toBe('refused');
      await client.put(files, key, Buffer.from('first'), 'text/plain');
      const late = await files.startMultipart(key, 'text/plain');
      await client.putPart(files, key, late, 1, Buffer.from('second'));
      expect(await files.completeMultipart(key, late, (await files.listParts(key, late))!)).toBe('exists');
      expect((await files.head(key, 10))?.toString()).toBe('first');
    });

    it('ends multipart uploads, again and again', async () => {
      const ids = [await files.startMultipart(key, 'text/plain'), await files.startMultipart(key, 'text/plain')];
      await files.abortMultipart(key, ids[0]!);
      await files.abortMultipart(key, ids[0]!);
      expect(await files.listParts(key, ids[0]!)).toBeUndefined();
      expect(await files.listParts(key, ids[1]!)).toEqual([]);
      await files.abortUnfinished(key);
      await files.abortUnfinished(key);
      expect(await pathsUnder(pathOf(key))).toEqual([]);
    });

    it('discards one version with its uploads, and leaves the others', async () => {
      const other = { ...key, versionId: v7() };
      await client.put(files, key, Buffer.from('one'), 'text/plain');
      await files.startMultipart(key, 'text/plain');
      await client.put(files, other, Buffer.from('two'), 'text/plain');
      await files.discard(key);
      await files.discard(key);
      expect(await pathsUnder(pathOf({ ...key, versionId: '' }))).toEqual([pathOf(other)]);
    });

    it('discards all versions of a document, and nothing else', async () => {
      const neighbour = { ...key, documentId: v7() };
      await client.put(files, neighbour, Buffer.from('neighbour'), 'text/plain');
      await client.put(files, key, Buffer.from('one'), 'text/plain');
      await files.startMultipart({ ...key, versionId: v7() }, 'text/plain');
      await files.discardAll(key);
      await files.discardAll(key);
      expect(await pathsUnder(`documents/${key.userId}/`)).toEqual([pathOf(neighbour)]);
    });

    it('discards all that an owner has but what is to be kept, again and again', async () => {
      const gone = { ...key, documentId: v7() };
      const foreign = { ...key, userId: randomUUID() };
      for (const each of [key, gone, foreign]) {
        await client.put(files, each, Buffer.from('x'), 'text/plain');
        await files.startMultipart({ ...each, versionId: v7() }, 'text/plain');
      }
      const kept = await pathsUnder(`documents/${key.userId}/${key.documentId}/`);
      for (let i = 0; i < 2; i += 1) await files.discardOwned(key.userId, async (id) => id === key.documentId);
      expect(kept).toHaveLength(2);
      expect(await pathsUnder(`documents/${key.userId}/`)).toEqual(kept);
      await files.discardOwned(key.userId, async () => false);
      expect(await pathsUnder(`documents/${key.userId}/`)).toEqual([]);
      expect(await pathsUnder(`documents/${foreign.userId}/`)).toHaveLength(2);
    });
  });
}
