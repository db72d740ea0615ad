import { describe, expect, it } from '@jest/globals';
import { idempotencyKeyOf } from './idempotency-key.js';

const received = (...keys: string[]) => ({
  headers: keys.length === 0 ? {} : { 'idempotency-key': keys.join(', ') },
  rawHeaders: keys.flatMap((key) => ['Idempotency-Key', key]),
});

describe('the Idempotency-Key header', () => {
  it('is optional', () => {
    expect(idempotencyKeyOf(received())).toBeUndefined();
  });

  it.each([['a'], ['"8e03978e-40d5-43dd-bc93-6894a57f9324"'], ['a, b'], [' ~'], ['x'.repeat(255)]])('may be %j', (key) => {
    expect(idempotencyKeyOf(received(key))).toBe(key);
  });

  it.each([[''], ['x'.repeat(256)], ['ü'], ['a\tb'], ['\x7f']])('may not be %j', (key) => {
    expect(() => idempotencyKeyOf(received(key))).toThrow(expect.objectContaining({ kind: 'validation' }));
  });

  it('may not be sent twice', () => {
    expect(() => idempotencyKeyOf(received('a', 'a'))).toThrow(expect.objectContaining({ kind: 'validation' }));
  });
});
