import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { startCloud, type Cloud } from '../../local/cloud.js';
import { signInAll } from '../../local/cognito.js';
import { connectLocalStack } from '../../local/localstack.js';
import type { Environment } from '../../local/names.js';

/**
 * One cloud for all suites, which keep apart by using users of their own: the embedded one, or with `TEST_CLOUD=localstack` the
 * services of local/compose.yaml, or with `TEST_CLOUD=.local/cloud.env` whatever that file names. Resolves to what stops it.
 */
export async function startSuiteCloud(): Promise<() => Promise<void>> {
  const cloud = await cloudNamed(process.env['TEST_CLOUD']);
  if (!cloud.env['CACHE_URL']) console.log('\nSkipped: what needs a cache (neither valkey-server nor redis-server is on the PATH).');
  const folder = await mkdtemp(join(tmpdir(), 'stateless-tests-'));
  const file = join(folder, 'cloud.json');
  await writeFile(file, JSON.stringify({ env: cloud.env, users: cloud.users }));
  process.env['TEST_CLOUD_FILE'] = file;
  return async () => {
    await cloud.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

async function cloudNamed(name: string | undefined): Promise<Cloud> {
  if (!name) return startCloud();
  if (name === 'localstack') return connectLocalStack();
  const env = parseEnv(await readFile(name, 'utf8')) as Environment;
  return { env, users: await signInAll(env), stop: async () => {} };
}
