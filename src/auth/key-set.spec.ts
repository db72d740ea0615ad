import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KeySet } from './key-set.js';
import { StoppedClock } from './memory-app.js';
import { jwkOf, MemoryUserPool, newKey } from './memory-user-pool.js';

const COOLDOWN = 11_000;
const second = newKey('key2');

describe('the key set', () => {
  let pool: MemoryUserPool;
  let clock: StoppedClock;
  let failures: string[];
  let keys: KeySet;
  beforeEach(async () => {
    pool = await new MemoryUserPool().start();
    clock = new StoppedClock();
    failures = [];
    keys = new KeySet(pool.jwksUri, clock, (reason) => failures.push(reason));
  });
  afterEach(() => pool.stop());

  it('gives a KeyObject, not a PEM to be parsed for each token', async () => {
    expect((await keys.find('key1'))?.equals(pool.key.publicKey)).toBe(true);
  });

  it('fetches once for many first requests', async () => {
    await Promise.all(Array.from({ length: 100 }, () => keys.find('key1')));
    expect(pool.fetches).toBe(1);
  });

  it('fetches once per cooldown during a flood of 1,000 unknown kids, at most 6 times a minute', async () => {
    await keys.find('key1');
    for (let i = 0; i < 1_000; i += 1) {
      expect(await keys.find(`unknown${i}`)).toBeUndefined();
      clock.at += 60;
    }
    expect(pool.fetches).toBeGreaterThan(1);
    expect(pool.fetches).toBeLessThanOrEqual(6);
  });

  it('fetches once for 1,000 unknown kids at the same moment', async () => {
    await keys.find('key1');
    clock.at += COOLDOWN;
    await Promise.all(Array.from({ length: 1_000 }, (_, i) => keys.find(`unknown${i}`)));
    expect(pool.fetches).toBe(2);
  });

  it('picks a rotated key up at the first token that names it, once the cooldown is over', async () => {
    await keys.find('key1');
    pool.keys = [jwkOf(second)];
    expect(await keys.find('key2')).toBeUndefined();
    clock.at += COOLDOWN;
    expect((await keys.find('key2'))?.equals(second.publicKey)).toBe(true);
    expect(await keys.find('key1')).toBeUndefined();
  });

  it('refreshes in the background after five minutes of use, and answers meanwhile', async () => {
    await keys.find('key1');
    pool.keys = [jwkOf(second)];
    clock.at += 3 * 60_000;
    await keys.find('key1');
    expect(pool.fetches).toBe(1);
    clock.at += 2 * 60_000;
    expect(await keys.find('key1')).toBeDefined();
    for (let i = 0; i < 200 && (await keys.find('key1')); i += 1) await setTimeout(5);
    expect(pool.fetches).toBe(2);
    expect((await keys.find('key2'))?.equals(second.publicKey)).toBe(true);
  });

  it.each([
    ['answers 500', 'status 500', (reply: any) => reply.writeHead(500).end()],
    ['is no JSON', '', (reply: any) => reply.end('<html>')],
    ['has no keys', 'no usable key', (reply: any) => reply.end('{"keys":[]}')],
    ['is too large', 'more than', (reply: any) => reply.end(`{"keys":[],"x":"${'x'.repeat(70_000)}"}`)],
    [
      'redirects elsewhere',
      '',
      (reply: any) =>
        reply.req.url === '/moved' ? reply.end(JSON.stringify({ keys: [jwkOf(second)] })) : reply.writeHead(302, { location: '/moved' }).end(),
    ],
    ['resets the connection', '', (reply: any) => reply.socket.destroy()],
  ])('keeps the last good set for as long as the address %s', async (_, reason, answer) => {
    await keys.find('key1');
    pool.answer = answer;
    for (let day = 0; day < 3; day += 1) {
      clock.at += 86_400_000;
      expect(await keys.find('key1')).toBeDefined();
      expect(await keys.find('unknown')).toBeUndefined();
    }
    expect(failures.length).toBe(3);
    expect(failures[0]).toContain(reason);
  });

  it('says that it is unavailable while no set was ever read, and asks no more often for that', async () => {
    pool.answer = (reply) => reply.writeHead(503).end();
    const unavailable = expect.objectContaining({ kind: 'unavailable', headers: { 'Retry-After': '11' } });
    for (let i = 0; i < 100; i += 1) await expect(keys.find('key1')).rejects.toEqual(unavailable);
    expect(pool.fetches).toBe(1);
    pool.answer = (reply) => reply.end(JSON.stringify({ keys: pool.keys }));
    clock.at += COOLDOWN;
    expect(await keys.find('key1')).toBeDefined();
  });

  it.each([
    ['never answers', () => undefined],
    ['never ends its answer', (reply: any) => reply.write('{"keys":')],
  ])('gives up after 3 s when the address %s', async (_, answer) => {
    pool.answer = answer;
    const start = performance.now();
    await expect(keys.find('key1')).rejects.toMatchObject({ kind: 'unavailable' });
    expect(performance.now() - start).toBeGreaterThan(2_900);
    expect(performance.now() - start).toBeLessThan(8_000);
  }, 15_000);

  it('leaves out keys that are short, of another kind, for encryption, broken or nameless, and keeps the rest', async () => {
    const { kid: _, ...nameless } = jwkOf(newKey('nameless'));
    pool.keys.unshift(
      jwkOf(newKey('short', 1_024)),
      { kty: 'oct', kid: 'oct', k: 'c2VjcmV0', alg: 'HS256', use: 'sig' },
      { ...jwkOf(newKey('enc')), use: 'enc' },
      { ...jwkOf(newKey('rs512')), alg: 'RS512' },
      { kty: 'RSA', kid: 'broken', n: '', e: 'AQAB', use: 'sig' },
      nameless,
    );
    expect(await keys.find('key1')).toBeDefined();
    for (const kid of ['short', 'oct', 'enc', 'rs512', 'broken', 'nameless', 'undefined', '__proto__']) {
      expect(await keys.find(kid)).toBeUndefined();
    }
  }, 20_000);

  it('is not stuck in its cooldown when the clock is set back', async () => {
    await keys.find('key1');
    pool.keys = [jwkOf(second)];
    clock.at -= 3_600_000;
    expect(await keys.find('key2')).toBeDefined();
  });
});
