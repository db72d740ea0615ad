import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Redis } from 'iovalkey';
import { cacheServer, CacheServer } from '../../src/cache/cache-server.fixture.js';
import { Client, type Reply } from '../support/client.js';
import { cloudEnv } from '../support/cloud.js';
import { upload } from '../support/documents.js';
import { mintToken } from '../support/tokens.js';
import { Fleet } from './fleet.js';

const NAMES = ['three', 'two', 'one'];

const withServer = cacheServer ? describe : describe.skip;
if (!cacheServer) console.log('Skipped: rotation under load (neither valkey-server nor redis-server is on the PATH).');

withServer('a rotation of the secret under load, over three replicas', () => {
  const server = new CacheServer();
  const secretId = `rotating-${randomUUID()}`;
  const secret = { signingKeys: { current: newKey() } as { current: string; previous?: string }, cache: { username: 'api', password: 'first' } };
  let manager: SecretsManagerClient;
  let admin: Redis;
  let fleet: Fleet;
  let clients: Client[];
  let link: string;

  beforeAll(async () => {
    const env = cloudEnv();
    const credentials = { accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '', secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '' };
    manager = new SecretsManagerClient({ region: env['AWS_REGION'], endpoint: env['AWS_ENDPOINT_URL_SECRETS_MANAGER'], credentials });
    await manager.send(new CreateSecretCommand({ Name: secretId, SecretString: JSON.stringify(secret) }));
    await server.start();
    admin = new Redis(`redis://127.0.0.1:${server.port}`);
    await admin.call('ACL', 'SETUSER', 'api', 'on', '>first', '~*', '+@all');
    fleet = await Fleet.start(3, 'dist/main.js', {
      ...env,
      CACHE_URL: `redis://127.0.0.1:${server.port}`,
      APP_SECRET_ID: secretId,
      SECRETS_REFRESH_SECONDS: '2',
    });
    const userId = randomUUID();
    const urls = await Promise.all([0, 1, 2].map(async (choice) => (await fleet.pick(choice)).url));
    clients = urls.map((url) => new Client(url, mintToken({ sub: userId })));
    const [client] = clients as [Client];
    await createProfile(client);
    const documents = [];
    for (const name of [...NAMES].reverse()) documents.push(await upload({ userId, client }, name, { name }));
    link = `/v1/shares/${(await client.post(`${documents[0]!.path}/shares`, { password: 'open sesame' })).body.token}`;
  }, 60_000);
  afterAll(async () => {
    await fleet.stop();
    admin.disconnect();
    await server.remove();
  });

  /** A task that has just begun may answer 503 to its first change, which may have been made all the same. */
  async function createProfile(client: Client): Promise<void> {
    for (;;) {
      const { status } = await client.put('/v1/profiles/me', { displayName: 'v1' });
      if (status === 201 || status === 428) return;
      expect(status).toBe(503);
      await delay(200);
    }
  }

  const put = (changes: object) => manager.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: JSON.stringify(Object.assign(secret, changes)) }));
  const next = (path: string, i: number): Promise<Reply> => (clients[i % 3] as Client).get(path);
  const connected = async () => String(await admin.client('LIST')).split('\n').filter((line) => line.includes('user=api')).length;

  /** Pages through all documents, each page from another replica; the cursors are kept. */
  async function pages(i: number, cursors: string[]): Promise<string[]> {
    const names: string[] = [];
    for (let cursor: string | undefined = '', page = 0; cursor !== undefined; page += 1) {
      const reply: Reply = await next(`/v1/documents?limit=1${cursor && `&cursor=${cursor}`}`, i + page);
      if (reply.status !== 200) throw new Error(`page: ${reply.status} ${JSON.stringify(reply.body)}`);
      names.push(...reply.body.items.map(({ name }: { name: string }) => name));
      cursor = reply.body.nextCursor;
      if (cursor) cursors.push(cursor);
    }
    return names;
  }

  /** Requests of every kind until the rotation is over; resolves to how many, rejects with the first that failed. */
  async function load(until: Promise<unknown>): Promise<number> {
    let isOver = false;
    let count = 0;
    void until.finally(() => (isOver = true));
    const cursors: string[] = [];
    const loops = [0, 1, 2].map(async (loop) => {
      for (let i = loop; !isOver || i < 10; i += 1) {
        expect(await pages(i, cursors)).toEqual(NAMES);
        const { status, headers } = await next('/v1/profiles/me', i);
        expect(status).toBe(200);
        const change = await (clients[(i + 1) % 3] as Client).patch('/v1/profiles/me', { displayName: `v${i}` }, { 'if-match': headers.get('etag') ?? '' });
        expect([200, 412]).toContain(change.status);
        count += 5;
      }
    });
    await Promise.all([until, ...loops]);
    return count;
  }

  it('of the signing key fails no request: cursors of every age are good everywhere, and so are links', async () => {
    const old: string[] = [];
    await pages(0, old);
    const count = await load(
      (async () => {
        await delay(300);
        // At once, with no time for the other tasks to learn of it.
        await put({ signingKeys: { current: newKey(), previous: secret.signingKeys.current } });
        await delay(3_500);
      })(),
    );
    for (const [i, cursor] of [...old, ...old, ...old].entries()) expect((await next(`/v1/documents?limit=1&cursor=${cursor}`, i)).status).toBe(200);
    for (const client of clients) expect((await client.post(link, { password: 'open sesame' })).status).toBe(200);
    console.log(`Signing key rotated under load: 0 of ${count} requests failed.`);
  }, 60_000);

  it('of the cache password fails none: with both good for a while, and with the old one gone at once', async () => {
    const count = await load(
      (async () => {
        await admin.call('ACL', 'SETUSER', 'api', '>second');
        await put({ cache: { username: 'api', password: 'second' } });
        await delay(3_000);
        await admin.call('ACL', 'SETUSER', 'api', '<first');
        await admin.call('CLIENT', 'KILL', 'USER', 'api');
        await delay(1_000);
        await admin.call('ACL', 'SETUSER', 'api', 'resetpass', '>third');
        await admin.call('CLIENT', 'KILL', 'USER', 'api');
        await delay(300);
        expect(await connected()).toBe(0);
        await put({ cache: { username: 'api', password: 'third' } });
        while ((await connected()) < 3) await delay(50);
      })(),
    );
    console.log(`Cache password rotated twice under load: 0 of ${count} requests failed, all replicas connected again.`);
  }, 60_000);

  it('to a wrong shape changes nothing', async () => {
    const cursors: string[] = [];
    await pages(0, cursors);
    await manager.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: '{"signingKeys":{"current":"short"}}' }));
    await delay(3_000);
    for (const [i, cursor] of cursors.entries()) expect((await next(`/v1/documents?limit=1&cursor=${cursor}`, i)).status).toBe(200);
    expect(await pages(1, cursors)).toEqual(NAMES);
  }, 30_000);
});

function newKey(): string {
  return randomBytes(32).toString('base64');
}
