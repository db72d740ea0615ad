import { describe, expect, it } from '@jest/globals';
import { createSecretKey, randomBytes } from 'node:crypto';
import { Cursors } from './cursors.js';
import { Secrets, type SecretSet } from './secrets.js';

const newKey = () => createSecretKey(randomBytes(32));

class FixedSecrets extends Secrets {
  constructor(public keys: SecretSet['signingKeys']) {
    super();
  }
  current(): SecretSet {
    return { signingKeys: this.keys, cache: {} };
  }
  /** What another task knows already. */
  newer?: SecretSet['signingKeys'];
  questions = 0;
  override async refreshed(): Promise<SecretSet> {
    this.questions += 1;
    this.keys = this.newer ?? this.keys;
    return this.current();
  }
}

const scope = { userId: 'ada', query: ['documents', { folder: 'a' }] };
const refused = expect.objectContaining({ kind: 'validation' });

describe('a cursor', () => {
  const secrets = new FixedSecrets({ current: newKey() });
  const cursors = new Cursors(secrets);

  it('opens to the position that it was sealed with, on any task', async () => {
    const sealed = cursors.seal({ after: 'x' }, scope);
    expect(await new Cursors(secrets).open(sealed, { ...scope })).toEqual({ after: 'x' });
  });

  it('is bound to its user and query', async () => {
    const sealed = cursors.seal({ after: 'x' }, scope);
    await expect(cursors.open(sealed, { ...scope, userId: 'grace' })).rejects.toEqual(refused);
    await expect(cursors.open(sealed, { ...scope, query: ['documents', {}] })).rejects.toEqual(refused);
    expect(secrets.questions).toBe(0);
  });

  it('is refused when any character of it is changed', async () => {
    const sealed = cursors.seal({ after: 'x' }, scope);
    for (let i = 0; i < sealed.length; i += 1) {
      const forged = sealed.slice(0, i) + (sealed[i] === 'A' ? 'B' : 'A') + sealed.slice(i + 1);
      await expect(cursors.open(forged, scope)).rejects.toEqual(refused);
    }
    for (const broken of ['', 'x', '!!!', sealed.slice(0, 10)]) await expect(cursors.open(broken, scope)).rejects.toEqual(refused);
  });

  it('stays good through one rotation of the signing key', async () => {
    const old = newKey();
    const rotating = new FixedSecrets({ current: old });
    const sealed = new Cursors(rotating).seal(1, scope);
    rotating.keys = { current: newKey(), previous: old };
    expect(await new Cursors(rotating).open(sealed, scope)).toBe(1);
    rotating.keys = { current: newKey() };
    await expect(new Cursors(rotating).open(sealed, scope)).rejects.toEqual(refused);
  });

  it('is good on a task that has not yet learned the key of another', async () => {
    const [old, fresh] = [newKey(), newKey()];
    const behind = new FixedSecrets({ current: old });
    const rotated = { current: fresh, previous: old };
    const sealed = new Cursors(new FixedSecrets(rotated)).seal({ after: 'y' }, scope);
    behind.newer = rotated;
    expect(await new Cursors(behind).open(sealed, scope)).toEqual({ after: 'y' });
    expect(behind.questions).toBe(1);
  });
});
