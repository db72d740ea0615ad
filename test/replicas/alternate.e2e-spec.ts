import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'iovalkey';
import { startApp, type RunningApp } from '../support/app.js';
import { Client, type Reply } from '../support/client.js';
import { cloudEnv } from '../support/cloud.js';
import { mintToken } from '../support/tokens.js';

describe('a client that alternates between two replicas', () => {
  let replicas: RunningApp[];
  beforeAll(async () => {
    replicas = [await startApp(), await startApp()];
  });
  afterAll(() => Promise.all(replicas.map((replica) => replica.close())));

  /** Each request goes to the other replica than the last one. */
  const alternating = (userId: string) => {
    const clients = replicas.map(({ url }) => new Client(url, mintToken({ sub: userId })));
    let turn = 0;
    return () => clients[(turn += 1) % 2] as Client;
  };

  it('sees every write at once, through both', async () => {
    const next = alternating(randomUUID());
    let last: Reply = await next().put('/v1/profiles/me', { displayName: 'v1' });
    for (let i = 2; i <= 12; i += 1) {
      const read = await next().get('/v1/profiles/me');
      expect(read.body).toEqual(last.body);
      last = await next().patch('/v1/profiles/me', { displayName: `v${i}` }, { 'if-match': read.headers.get('etag') ?? '' });
      expect({ status: last.status, version: last.body.version }).toEqual({ status: 200, version: i });
    }
  });

  it('uploads, completes, lists with cursors and downloads', async () => {
    const next = alternating(randomUUID());
    const bytes = randomBytes(3_000);
    const checksumSha256 = createHash('sha256').update(bytes).digest('base64');
    for (const name of ['one', 'two', 'three']) {
      const { body } = await next().post('/v1/documents', { name, contentType: 'application/octet-stream', size: bytes.length, checksumSha256 });
      expect((await fetch(body.upload.url, { method: body.upload.method, headers: body.upload.headers, body: bytes })).status).toBe(200);
      expect((await next().post(`/v1/documents/${body.document.id}/upload/complete`)).body.status).toBe('ready');
    }
    const names: string[] = [];
    let path: string | undefined = '/v1/documents?limit=1';
    while (path) {
      const page = await next().get(path);
      names.push(...page.body.items.map(({ name }: { name: string }) => name));
      path = /<([^>]+)>/.exec(page.headers.get('link') ?? '')?.[1];
    }
    expect(names).toEqual(['three', 'two', 'one']);
  });

  const withCache = cloudEnv()['CACHE_URL'] ? it : it.skip;
  withCache('is served from the cache, which the store shows', async () => {
    const userId = randomUUID();
    const next = alternating(userId);
    const redis = new Redis(cloudEnv()['CACHE_URL'] ?? '');
    await next().put('/v1/profiles/me', { displayName: 'cached' });
    let keys: string[] = [];
    // A fresh epoch is believed a second after it began.
    for (let i = 0; i < 40 && keys.length === 0; i += 1) {
      expect((await next().get('/v1/profiles/me')).body.displayName).toBe('cached');
      keys = await redis.keys(`*profile:${userId}*`);
      await delay(100);
    }
    expect(keys).toHaveLength(1);
    expect(await redis.get(keys[0] ?? '')).toContain('cached');
    redis.disconnect();
  });
});
