import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ShortHmac } from './short-hmac.js';

describe('the HMAC of short texts', () => {
  it.each([0, 1, 32, 63, 64])('is what node:crypto makes with a key of %i bytes', (bytes) => {
    const key = randomBytes(bytes);
    const hmac = new ShortHmac(key);
    for (const length of [0, 1, 150, 150, 55, 512, 3]) {
      const text = randomBytes(length).toString('base64').slice(0, length);
      expect(hmac.hex(text)).toBe(createHmac('sha256', key).update(text).digest('hex'));
    }
  });

  it('says what it cannot take instead of signing something else', () => {
    expect(() => new ShortHmac(randomBytes(65))).toThrow('65');
    expect(() => new ShortHmac(randomBytes(32)).hex('x'.repeat(513))).toThrow('513');
  });
});
