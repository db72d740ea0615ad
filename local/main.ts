import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { startCloud } from './cloud.js';
import { LOCAL_DIR, writeCloudEnv, writeDevJson } from './files.js';
import { USUAL_PORTS } from './ports.js';

const { values } = parseArgs({ options: { reset: { type: 'boolean', default: false } } });

try {
  if (values.reset) await rm(`${LOCAL_DIR}/cloud`, { recursive: true, force: true });
  const cloud = await startCloud({ dataDir: `${process.cwd()}/${LOCAL_DIR}/cloud`, ports: USUAL_PORTS });
  await writeCloudEnv(cloud.env);
  await writeDevJson(cloud);
  console.log(`The embedded cloud runs. Its environment is in ${LOCAL_DIR}/cloud.env, users and tokens in ${LOCAL_DIR}/dev.json.`);
  if (!cloud.env['CACHE_URL']) console.log('No cache: neither valkey-server nor redis-server is on the PATH.');
  console.log('Start replicas with: PORT=3001 node --env-file=.local/cloud.env dist/main.js');
  console.log('ready');
  const leave = () => void cloud.stop().finally(() => process.exit(0));
  process.once('SIGINT', leave);
  process.once('SIGTERM', leave);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
