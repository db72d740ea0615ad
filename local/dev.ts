import { parseArgs } from 'node:util';
import { startCloud, type Cloud } from './cloud.js';
import { LOCAL_DIR, writeCloudEnv, writeDevJson } from './files.js';
import { connectLocalStack } from './localstack.js';
import { SPA_PORT } from './names.js';
import { freePort } from './processes.js';
import { USUAL_PORTS } from './ports.js';
import { uploadRecipe } from './recipe.js';
import { replicasOf, startService, type Service } from './service.js';
import { spaConfig, startSpa, type Spa } from './spa.js';

const { values } = parseArgs({ options: { localstack: { type: 'boolean', default: false }, replicas: { type: 'string', default: '1' } } });

async function main(): Promise<void> {
  const replicas = replicasOf(values.replicas);
  const spaPort = await freePort(SPA_PORT);
  const cloud = values.localstack
    ? await connectLocalStack()
    : await startCloud({ dataDir: `${process.cwd()}/${LOCAL_DIR}/cloud`, ports: USUAL_PORTS, spaPort });
  await writeCloudEnv(cloud.env);
  const port = await freePort(Number(process.env['PORT'] ?? 3_000));
  const api = await startService(replicas, { LOG_LEVEL: 'warn', ...cloud.env }, port).catch(async (error: unknown) => {
    await cloud.stop();
    throw error;
  });
  const spa = await startSpa(spaPort, spaConfig(cloud, api.url, api.controlUrl)).catch(async (error: unknown) => {
    await Promise.all([api.stop(), cloud.stop()]);
    throw error;
  });
  await writeDevJson(cloud, { apiUrl: api.url, docsUrl: `${api.url}/docs`, spaUrl: spa.url, controlUrl: api.controlUrl });
  console.log(welcome(cloud, api, spa.url));
  const leave = (): void => void stopAll(spa, api, cloud);
  process.once('SIGINT', leave);
  process.once('SIGTERM', leave);
  api.onEnd(leave);
}

async function stopAll(spa: Spa, api: Service, cloud: Cloud): Promise<never> {
  await Promise.all([spa.stop(), api.stop()]);
  await cloud.stop();
  process.exit(0);
}

function welcome({ env, users }: Cloud, { url, controlUrl }: Service, spaUrl: string): string {
  const rows = users.map(({ email, password, groups }) => `    ${email.padEnd(20)} ${password}  ${groups.join(', ')}`);
  const tasks = controlUrl && `
  Tasks      press 1, 2, … to kill one without warning, or: curl -X POST ${controlUrl}/tasks/2/kill
             X-Served-By tells which of them answered`;
  return `
  App        ${spaUrl}
  API        ${url}
  Docs       ${url}/docs${tasks ?? ''}
  Requests   docs/requests/api.http, docs/requests/bruno
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
