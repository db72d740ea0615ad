import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileChangedError, type Client, type UploadProgress, type UploadState } from '../src/index.js';
import { newClient, startApp, type RunningApp } from './service.js';

const MIB = 2 ** 20;

describe('an upload', () => {
  let app: RunningApp;
  let client: Client;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());
  beforeEach(() => {
    client = newClient(app);
  });

  const bytesOf = async (id: string): Promise<Buffer> => {
    const { data } = await client.documents.download(id);
    return Buffer.from(await (await fetch(data.url)).arrayBuffer());
  };

  it('sends a small file in one piece, with its checksum', async () => {
    const file = new File(['hello, wörld'], 'hello.txt', { type: 'text/plain' });
    const progress: UploadProgress[] = [];
    const document = await client.upload(file, { tags: ['t'], onProgress: (each) => progress.push(each) }).done;
    expect(document).toMatchObject({ name: 'hello.txt', contentType: 'text/plain', size: file.size, status: 'ready', tags: ['t'] });
    expect(document.checksumSha256).toMatch(/^.{43}=$/);
    expect(progress.at(-1)).toEqual({ sent: file.size, total: file.size });
    expect((await bytesOf(document.id)).toString()).toBe('hello, wörld');
  });

  it('sends an empty file', async () => {
    expect(await client.upload(new File([], 'empty.txt', { type: 'text/plain' })).done).toMatchObject({ size: 0, status: 'ready' });
  });

  it('sends a large file in parts, byte for byte, and goes on after a pause and on another device', async () => {
    const bytes = randomBytes(70 * MIB);
    const file = new File([bytes], 'large.bin', { type: 'application/octet-stream', lastModified: 1 });
    let state: UploadState | undefined;
    const statuses: string[] = [];
    const first = client.upload(file, {
      concurrency: 1,
      onState: (each) => (state = each),
      onStatus: (status) => statuses.push(status),
      onProgress: ({ sent }) => sent >= 16 * MIB && first.pause(),
    });
    while (first.status === 'preparing' || first.status === 'uploading') await new Promise((resolve) => setTimeout(resolve, 10));
    expect(first.status).toBe('paused');
    const { data } = await client.uploads.storedParts(state!.documentId);
    expect(data.parts.length).toBeGreaterThanOrEqual(1);
    expect(data.parts.length).toBeLessThan(5);

    const sentFirst: number[] = [];
    const second = client.upload(new File([bytes], 'large.bin', { lastModified: 1 }), {
      resume: JSON.parse(JSON.stringify(state)) as UploadState,
      onProgress: ({ sent }) => sentFirst.push(sent),
    });
    const document = await second.done;
    expect(document).toMatchObject({ id: state!.documentId, status: 'ready', size: bytes.length });
    expect(sentFirst[0]).toBeGreaterThanOrEqual(16 * MIB);
    expect((await bytesOf(document.id)).equals(bytes)).toBe(true);
    // The first finds that it is done.
    first.resume();
    expect(await first.done).toEqual(document);
    expect(statuses).toEqual(['uploading', 'paused', 'uploading', 'done']);
  }, 60_000);

  it('is discarded when it is aborted, and only stopped by its signal', async () => {
    const file = new File([randomBytes(70 * MIB)], 'a.bin');
    const upload = client.upload(file, { onProgress: () => void upload.abort() });
    await expect(upload.done).rejects.toMatchObject({ name: 'AbortError' });
    await upload.abort();
    expect(upload.status).toBe('aborted');
    const [gone] = (await client.documents.list()).data.items;
    expect(gone).toMatchObject({ status: 'rejected', reason: 'aborted' });

    const stop = new AbortController();
    const kept = client.upload(file, { signal: stop.signal, onProgress: () => stop.abort(new Error('left')) });
    await expect(kept.done).rejects.toThrow('left');
    expect((await client.documents.get(kept.state!.documentId)).data.status).toBe('pending');
  }, 60_000);

  it('says that the file has changed when it did, and publishes nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'client-'));
    try {
      const path = join(folder, 'file.bin');
      await writeFile(path, randomBytes(70 * MIB));
      const file = await openAsBlob(path);
      const upload = client.upload(file, { name: 'file.bin', concurrency: 1, onProgress: ({ sent }) => sent > 0 && void writeFile(path, 'other') });
      await expect(upload.done).rejects.toBeInstanceOf(FileChangedError);
      expect(upload.status).toBe('failed');
      expect((await client.documents.get(upload.state!.documentId)).data.status).toBe('pending');
      const other = client.upload(new File(['other'], 'file.bin'), { resume: upload.state });
      await expect(other.done).rejects.toBeInstanceOf(FileChangedError);
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 60_000);

  it('finds what is stored when the answer of the storage was lost', async () => {
    const file = new File(['once'], 'once.txt', { type: 'text/plain' });
    const { data } = await client.uploads.create({ name: file.name, contentType: file.type, size: file.size });
    if (data.upload.strategy === 'single') await fetch(data.upload.url, { method: 'PUT', headers: data.upload.headers, body: file });
    const resume = { documentId: data.document.id, size: file.size };
    expect(await client.upload(file, { resume }).done).toMatchObject({ id: data.document.id, status: 'ready' });
    // Published already: a repeated resume finds that, too.
    expect(await client.upload(file, { resume }).done).toMatchObject({ id: data.document.id, status: 'ready' });
  });

  it('gives a document new content', async () => {
    const first = await client.upload(new File(['old'], 'a.txt', { type: 'text/plain' })).done;
    const second = await client.upload(new File(['newer'], 'a.txt', { type: 'text/plain' }), { versionOf: first.id }).done;
    expect(second).toMatchObject({ id: first.id, size: 5, status: 'ready' });
    expect((await bytesOf(first.id)).toString()).toBe('newer');
    expect((await client.versions.list(first.id)).data.items).toHaveLength(2);
  });

  it('tells why bytes were refused', async () => {
    const wrong = new File(['%PDF-1.7 not an image'], 'a.png', { type: 'image/png' });
    await expect(client.upload(wrong).done).rejects.toMatchObject({ kind: 'upload-mismatch' });
  });
});
