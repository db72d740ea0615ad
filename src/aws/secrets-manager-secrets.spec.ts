import { afterEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SecretsManagerSecrets } from './secrets-manager-secrets.js';

const newKey = (): string => randomBytes(32).toString('base64');
const secretWith = (current: string, more: object = {}): string => JSON.stringify({ signingKeys: { current }, ...more });

/** Secrets Manager as far as it is asked here. */
class MemorySecretsManager {
  value: string | Error = secretWith(newKey());
  asked = 0;
  /** When set, an answer is held back until it resolves; it is what was there when it was asked for. */
  hold?: Promise<void>;

  async send(): Promise<{ SecretString: string }> {
    this.asked += 1;
    const { value } = this;
    await this.hold;
    if (value instanceof Error) throw value;
    return { SecretString: value };
  }
}

describe('the application secret', () => {
  const started: SecretsManagerSecrets[] = [];
  const begin = (everyMs = 60_000) => {
    const manager = new MemorySecretsManager();
    const troubles: (string | undefined)[] = [];
    const secrets = new SecretsManagerSecrets(manager as unknown as SecretsManagerClient, 'app', { everyMs, onTrouble: (reason, isNew) => void (isNew && troubles.push(reason)) });
    started.push(secrets);
    return { manager, secrets, troubles };
  };
  const keyOf = (secrets: SecretsManagerSecrets) => secrets.current().signingKeys.current.export().toString('base64');
  afterEach(() => started.splice(0).forEach((secrets) => secrets.stop()));

  it('is unavailable until it was read once', async () => {
    const { secrets } = begin();
    expect(() => secrets.current()).toThrow(expect.objectContaining({ kind: 'unavailable' }));
    await secrets.start();
    expect(secrets.current().cache).toEqual({});
  });

  it('is read again by itself', async () => {
    const { manager, secrets } = begin(20);
    await secrets.start();
    const key = newKey();
    manager.value = secretWith(key, { cache: { username: 'api', password: 'p' } });
    while (keyOf(secrets) !== key) await delay(5);
    expect(secrets.current().cache).toEqual({ username: 'api', password: 'p' });
  });

  it.each([
    ['not JSON', 'no json'],
    ['no signing keys', '{}'],
    ['a short key', secretWith('c2hvcnQ=')],
    ['a key that is no base64', secretWith('ü'.repeat(44))],
    ['a previous key that is none', JSON.stringify({ signingKeys: { current: newKey(), previous: 5 } })],
    ['an empty cache password', secretWith(newKey(), { cache: { password: '' } })],
    ['null', 'null'],
  ])('keeps the last good one when it meets %s, says so once without quoting it, and when it is over', async (_, wrong) => {
    const { manager, secrets, troubles } = begin(5);
    await secrets.start();
    const good = keyOf(secrets);
    manager.value = wrong;
    const { asked } = manager;
    while (manager.asked < asked + 4) await delay(5);
    expect(keyOf(secrets)).toBe(good);
    expect(troubles).toEqual([expect.stringMatching(/^(not JSON|wrong shape at [\w., ]*)$/)]);
    manager.value = new Error('gone');
    while (troubles.length < 2) await delay(5);
    manager.value = secretWith(good);
    while (troubles.length < 3) await delay(5);
    expect(troubles.slice(1)).toEqual(['Error', undefined]);
  });

  it('is asked for by whoever meets an unknown key: the newest there is, once for all who wait', async () => {
    const { manager, secrets } = begin();
    await secrets.start();
    const key = newKey();
    manager.value = secretWith(key);
    const answers = await Promise.all(Array.from({ length: 500 }, () => secrets.refreshed()));
    expect(answers.every(({ signingKeys }) => signingKeys.current.export().toString('base64') === key)).toBe(true);
    expect(manager.asked).toBe(2);
  });

  it('is asked for at most once a second by a flood', async () => {
    const { manager, secrets } = begin();
    await secrets.start();
    const from = performance.now();
    while (performance.now() - from < 1_500) await Promise.race([secrets.refreshed(), delay(10)]);
    await secrets.refreshed();
    expect(manager.asked - 1).toBeLessThanOrEqual((performance.now() - from) / 1_000 + 1);
  });

  it('never goes back to an older one that arrives late', async () => {
    const { manager, secrets } = begin();
    await secrets.start();
    let release: () => void = () => undefined;
    manager.hold = new Promise((resolve) => (release = resolve));
    const late = secrets.start();
    manager.hold = undefined;
    const key = newKey();
    manager.value = secretWith(key);
    await secrets.refreshed();
    release();
    await late;
    expect(keyOf(secrets)).toBe(key);
  });

  it('does not pretend to know the newest while it cannot be asked for', async () => {
    const { manager, secrets } = begin();
    await secrets.start();
    manager.value = new Error('down');
    await expect(secrets.refreshed()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(secrets.current()).toBeDefined();
  });
});
