import { parseArgs } from 'node:util';
import { startApi, type Api } from './api.js';
import { startCloud, type Cloud } from './cloud.js';
import { LOCAL_DIR, writeCloudEnv, writeDevJson } from './files.js';
import { connectLocalStack } from './localstack.js';
import { SPA_PORT } from './names.js';
import { freePort } from './processes.js';
import { USUAL_PORTS } from './ports.js';
import { uploadRecipe } from './recipe.js';
import { spaConfig, startSpa, type Spa } from './spa.js';

const { values } = parseArgs({ options: { localstack: { type: 'boolean', default: false } } });

async function main(): Promise<void> {
  const spaPort = await freePort(SPA_PORT);
  const cloud = values.localstack
    ? await connectLocalStack()
    : await startCloud({ dataDir: `${process.cwd()}/${LOCAL_DIR}/cloud`, ports: USUAL_PORTS, spaPort });
  await writeCloudEnv(cloud.env);
  const port = await freePort(Number(process.env['PORT'] ?? 3_000));
  const watch = ['node_modules/.bin/nest', 'start', '--watch', '--preserveWatchOutput', '--builder', 'swc'];
  const api = await startApi(watch, { LOG_LEVEL: 'warn', ...cloud.env }, port).catch(async (error: unknown) => {
    await cloud.stop();
    throw error;
  });
  const spa = await startSpa(spaPort, spaConfig(cloud, api.url)).catch(async (error: unknown) => {
    await Promise.all([api.stop(), cloud.stop()]);
    throw error;
  });
  await writeDevJson(cloud, { apiUrl: api.url, docsUrl: `${api.url}/docs`, spaUrl: spa.url });
  console.log(welcome(cloud, api.url, spa.url));
  const leave = (): void => void stopAll(spa, api, cloud);
  process.once('SIGINT', leave);
  process.once('SIGTERM', leave);
  api.onEnd(leave);
}

async function stopAll(spa: Spa, api: Api, cloud: Cloud): Promise<never> {
  await Promise.all([spa.stop(), api.stop()]);
  await cloud.stop();
  process.exit(0);
}

function welcome({ env, users }: Cloud, url: string, spaUrl: string): string {
  const rows = users.map(({ email, password, groups }) => `    ${email.padEnd(20)} ${password}  ${groups.join(', ')}`);
  return `
  App        ${spaUrl}
  API        ${url}
  Docs       ${url}/docs
  Cognito    ${env['COGNITO_ISSUER']}
  Cache      ${env['CACHE_URL'] ?? 'none: neither valkey-server nor redis-server is on the PATH'}

  Demo users
${rows.join('\n')}

  An access token of ${users[0]?.email}, good for 24 hours:
    ${users[0]?.accessToken}

  Upload a file (paste it as it is):
${uploadRecipe(url)}

  All of this is in ${LOCAL_DIR}/dev.json. Ctrl-C stops everything.
`;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
