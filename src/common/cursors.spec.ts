import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Cursors } from './cursors.js';
import { Secrets, type SecretSet } from './secrets.js';

class FixedSecrets extends Secrets {
  constructor(public keys: SecretSet['signingKeys']) {
    super();
  }
  current(): SecretSet {
    return { signingKeys: this.keys, cache: {} };
  }
}

const scope = { userId: 'ada', query: ['documents', { folder: 'a' }] };
const refused = expect.objectContaining({ kind: 'validation' });

describe('a cursor', () => {
  const secrets = new FixedSecrets({ current: randomBytes(32) });
  const cursors = new Cursors(secrets);

  it('opens to the position that it was sealed with, on any task', () => {
    const sealed = cursors.seal({ after: 'x' }, scope);
    expect(new Cursors(secrets).open(sealed, { ...scope })).toEqual({ after: 'x' });
  });

  it('is bound to its user and query', () => {
    const sealed = cursors.seal({ after: 'x' }, scope);
    expect(() => cursors.open(sealed, { ...scope, userId: 'grace' })).toThrow(refused);
    expect(() => cursors.open(sealed, { ...scope, query: ['documents', {}] })).toThrow(refused);
  });

  it('is refused when any character of it is changed', () => {
    const sealed = cursors.seal({ after: 'x' }, scope);
    for (let i = 0; i < sealed.length; i += 1) {
      const forged = sealed.slice(0, i) + (sealed[i] === 'A' ? 'B' : 'A') + sealed.slice(i + 1);
      expect(() => cursors.open(forged, scope)).toThrow(refused);
    }
    for (const broken of ['', 'x', '!!!', sealed.slice(0, 10)]) expect(() => cursors.open(broken, scope)).toThrow(refused);
  });

  it('stays good through one rotation of the signing key', () => {
    const old = randomBytes(32);
    const rotating = new FixedSecrets({ current: old });
    const sealed = new Cursors(rotating).seal(1, scope);
    rotating.keys = { current: randomBytes(32), previous: old };
    expect(new Cursors(rotating).open(sealed, scope)).toBe(1);
    rotating.keys = { current: randomBytes(32) };
    expect(() => new Cursors(rotating).open(sealed, scope)).toThrow(refused);
  });
});
