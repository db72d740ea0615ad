import { beforeEach, describe, expect, it } from '@jest/globals';
import type { User } from './current-user.js';
import { StoppedClock } from './memory-app.js';
import { TokenCache } from './token-cache.js';

describe('the cache of verified tokens', () => {
  let clock: StoppedClock;
  let cache: TokenCache;
  beforeEach(() => {
    clock = new StoppedClock();
    cache = new TokenCache(clock);
  });

  const userOf = (token: string, seconds = 3_600) => ({ userId: token, token, expiresAt: clock.at / 1_000 + seconds }) as User;

  it('remembers a token for five minutes', () => {
    cache.remember(userOf('a'));
    clock.at += 299_999;
    expect(cache.get('a')).toMatchObject({ userId: 'a' });
    clock.at += 1;
    expect(cache.get('a')).toBeUndefined();
  });

  it('forgets a token at its expiry', () => {
    cache.remember(userOf('a', 10));
    clock.at += 9_999;
    expect(cache.get('a')).toBeDefined();
    clock.at += 1;
    expect(cache.get('a')).toBeUndefined();
  });

  it('uses nothing from the future when the clock is set back', () => {
    cache.remember(userOf('a'));
    clock.at -= 1;
    expect(cache.get('a')).toBeUndefined();
  });

  it('is not prolonged by use', () => {
    cache.remember(userOf('a'));
    for (let second = 0; second < 300; second += 1) {
      expect(cache.get('a')).toBeDefined();
      clock.at += 1_000;
    }
    expect(cache.get('a')).toBeUndefined();
  });

  it('holds 10,000 tokens and lets the least recently used go', () => {
    for (let i = 0; i < 10_000; i += 1) cache.remember(userOf(`t${i}`));
    cache.get('t0');
    cache.remember(userOf('one more'));
    expect([cache.get('t0'), cache.get('t1'), cache.get('t2'), cache.get('one more')].map((user) => user !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('takes no token for another that ends alike', () => {
    const end = 's'.repeat(342);
    cache.remember(userOf(`h.ada.${end}`));
    expect(cache.get(`h.eve.${end}`)).toBeUndefined();
    expect(cache.get(`h.ada.${end}`)).toBeDefined();
  });

  it('makes room for nobody when a token is remembered again', () => {
    for (let i = 0; i < 10_000; i += 1) cache.remember(userOf(`t${i}`));
    cache.remember(userOf('t5'));
    expect(cache.get('t0')).toBeDefined();
  });
});
