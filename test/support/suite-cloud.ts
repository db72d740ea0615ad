import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCloud } from '../../local/cloud.js';

/** One embedded cloud for all suites; they keep apart by using users of their own. Resolves to what stops it. */
export async function startSuiteCloud(): Promise<() => Promise<void>> {
  const cloud = await startCloud();
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
