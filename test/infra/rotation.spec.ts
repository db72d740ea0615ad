import { describe, expect, it } from '@jest/globals';
import { secretOf } from '../../src/aws/secrets-manager-secrets.js';
import { parseConfig } from '../../src/config/config.js';
import { PROPAGATION_MS, rotation } from '../../infra/rotation/rotation.mjs';

const FIRST = { signingKeys: { current: 'terraform'.padEnd(44, '0') } };

/** Secrets Manager as far as a rotation sees it, and what a task would read at every moment. */
function cloud(first: object) {
  const values = new Map<string, any>([['v0', first]]);
  const stages = new Map<string, string>([['AWSCURRENT', 'v0']]);
  const seen: any[] = [];
  const passwords: string[][] = [];
  let count = 0;
  const handler = rotation({
    describe: async () => ({ VersionIdsToStages: Object.fromEntries([...values.keys()].map((id) => [id, [...stages].filter(([, at]) => at === id).map(([stage]) => stage)])) }),
    read: async (_: string, { VersionId, VersionStage }: any) => {
      const id = stages.get(VersionStage);
      if (id === undefined || (VersionId && VersionId !== id)) throw Object.assign(new Error('none'), { name: 'ResourceNotFoundException' });
      return structuredClone(values.get(id));
    },
    write: async (_: string, value: object, stage: string, token = `v${(count += 1)}`) => {
      expect(() => secretOf(JSON.stringify(value))).not.toThrow();
      values.set(token, value);
      stages.set(stage, token);
    },
    promote: async (_: string, to: string) => void stages.set('AWSCURRENT', to),
    setCachePasswords: async (list: string[]) => void passwords.push(list),
    random: (encoding: BufferEncoding) => Buffer.alloc(32, (count += 1)).toString(encoding),
    wait: async (ms: number) => {
      expect(ms).toBe(PROPAGATION_MS);
      seen.push(structuredClone(values.get(stages.get('AWSCURRENT')!)));
    },
  });
  const rotate = async (token: string, steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) => {
    for (const Step of steps) await handler({ Step, SecretId: 'app', ClientRequestToken: token });
    return structuredClone(values.get(stages.get('AWSCURRENT')!));
  };
  return { rotate, seen, passwords };
}

describe('a rotation', () => {
  it('publishes the new key as accepted before any task signs with it', async () => {
    const { rotate, seen } = cloud(FIRST);
    const before = await rotate('a');
    const after = await rotate('b');
    expect(seen[1].signingKeys).toEqual({ current: before.signingKeys.current, previous: after.signingKeys.current });
    expect(after.signingKeys.previous).toBe(before.signingKeys.current);
  });

  it('retires the key that Terraform wrote at once', async () => {
    const { signingKeys } = await cloud(FIRST).rotate('a');
    expect(Object.values(signingKeys)).not.toContain(FIRST.signingKeys.current);
  });

  it('lets the cache take the old and the new password meanwhile', async () => {
    const { rotate, passwords } = cloud(FIRST);
    const before = await rotate('a');
    const after = await rotate('b');
    expect(passwords).toEqual([[before.cache.password], [before.cache.password, after.cache.password]]);
  });

  it('comes to the same end when every step is repeated', async () => {
    const { rotate } = cloud(FIRST);
    const before = await rotate('a');
    const after = await rotate('b', ['createSecret', 'createSecret', 'setSecret', 'setSecret', 'testSecret', 'finishSecret', 'finishSecret']);
    expect(after.signingKeys.previous).toBe(before.signingKeys.current);
    expect(after.cache.password).not.toBe(before.cache.password);
  });

  it('waits until the slowest task has read the secret again', () => {
    const slowest = { SECRETS_REFRESH_SECONDS: '90' };
    const required = { AWS_REGION: 'eu-central-1', COGNITO_USER_POOL_ID: 'eu-central-1_a', COGNITO_CLIENT_ID: 'c', PROFILES_TABLE: 'p', DOCUMENTS_TABLE: 'd', SESSIONS_TABLE: 's', IDEMPOTENCY_TABLE: 'i', DOCUMENTS_BUCKET: 'b', APP_SECRET_ID: 'a' };
    expect(parseConfig({ ...required, ...slowest }).SECRETS_REFRESH_SECONDS * 1_250).toBeLessThan(PROPAGATION_MS);
    expect(() => parseConfig({ ...required, SECRETS_REFRESH_SECONDS: '91' })).toThrow('SECRETS_REFRESH_SECONDS');
  });

  it('refuses a step that it does not know', async () => {
    await expect(cloud(FIRST).rotate('a', ['explode'])).rejects.toThrow('unknown step explode');
  });
});
