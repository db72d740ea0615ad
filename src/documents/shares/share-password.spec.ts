import { describe, expect, it } from '@jest/globals';
import { hashPassword, isPassword } from './share-password.js';

describe('a share password', () => {
  it('is recognised however its letters are composed, and nothing else is', async () => {
    const hash = await hashPassword('U\u0308ber');
    expect(await isPassword('Über', hash)).toBe(true);
    expect(await isPassword('über', hash)).toBe(false);
    expect(await isPassword('', hash)).toBe(false);
  });

  it('is stored salted and without itself', async () => {
    const [one, two] = [await hashPassword('secret'), await hashPassword('secret')];
    expect(one).not.toBe(two);
    expect(one).toMatch(/^scrypt\$32768\$8\$1\$[\w-]+\$[\w-]+$/);
  });
});
