import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { Redis } from 'iovalkey';
import { CacheConnection } from '../../src/cache/cache-connection.js';
import { cacheServer, CacheServer } from '../../src/cache/cache-server.fixture.js';
import { FILL, MARK, UNMARK } from '../../src/cache/key-states.js';
import { GIVE_BACK, TAKE } from '../../src/rate-limit/sliding-window-script.js';

const [, rules = ''] = /access_string = "([^"]+)"/.exec(readFileSync('infra/cache.tf', 'utf8')) ?? [];

const withServer = cacheServer ? describe : describe.skip;
if (!cacheServer) console.log('Skipped: what the cache user may do (neither valkey-server nor redis-server is on the PATH).');

withServer('the cache user of the infrastructure', () => {
  const server = new CacheServer();
  let connection: CacheConnection;
  beforeAll(async () => {
    await server.start();
    const admin = new Redis(`redis://127.0.0.1:${server.port}`);
    await admin.call('ACL', 'SETUSER', 'api', '>secret', ...rules.split(' '));
    admin.disconnect();
    connection = new CacheConnection({ url: `redis://127.0.0.1:${server.port}`, credentials: () => ({ username: 'api', password: 'secret' }), onChange: () => undefined });
    await connection.start(5_000);
  });
  afterAll(async () => {
    connection.stop();
    await server.remove();
  });

  const run = (command: (client: Redis) => Promise<unknown>) => connection.run(command, 5_000);

  it('may connect and learn which server answers', () => expect(connection.serverId).toMatch(/^\w{40}$/));

  it('may run all that the service runs', async () => {
    expect(await run((client) => MARK.run(client, ['key'], ['id', 1_000]))).toBe(1);
    expect(await run((client) => UNMARK.run(client, ['key'], ['id']))).toBe(1);
    expect(await run((client) => client.set('key', 'L:1', 'PX', 1_000, 'NX'))).toBe('OK');
    expect(await run((client) => FILL.run(client, ['key'], ['L:1', '"entry"', 1_000]))).toBe(1);
    expect(await run((client) => client.get('key'))).toBe('"entry"');
    expect(await run((client) => TAKE.load(client))).toBeUndefined();
    expect(await run((client) => TAKE.run(client, ['rate:{s}:user'], [1, 1_000_000]))).toEqual([1, expect.any(Number), 0, 1_000_000]);
    expect(await run((client) => GIVE_BACK.run(client, ['rate:{s}:user'], [0]))).toBe(0);
  });

  it.each([['KEYS', '*'], ['FLUSHALL'], ['CONFIG', 'GET', '*'], ['ACL', 'LIST'], ['SHUTDOWN'], ['MONITOR'], ['CLIENT', 'KILL', 'TYPE', 'normal']])('may not %s', async (...command) => {
    await expect(run((client) => client.call(...(command as [string])))).rejects.toThrow(/^NOPERM/);
  });
});
