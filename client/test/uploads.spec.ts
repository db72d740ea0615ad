import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { type Client, type UploadProgress, type UploadState } from '../src/index.js';
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
});
