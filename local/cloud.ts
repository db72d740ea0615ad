import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cognitoCommand, signInAll } from './cognito.js';
import { dynamoCommand } from './dynamo.js';
import { LOCAL, spaOrigins, type Environment } from './names.js';
import { freePort, Processes } from './processes.js';
import { cacheCommand, cacheServer } from './redis.js';
import { s3Server } from './s3/server.js';
import { secretsManagerServer } from './secrets/secrets-manager.js';
import { seed } from './seed.js';
import type { DemoUser } from './users.js';

export interface CloudOptions {
  /** Where data is kept; without it in a temporary folder that goes with the cloud. */
  dataDir?: string;
  /** Ports to take when they are free. */
  ports?: Partial<Ports>;
  /** Where the app is served from: the origin that may call, and where sign-in returns to. */
  spaPort?: number;
  /** Life of an access token. */
  tokenSeconds?: number;
}

export interface Cloud {
  env: Environment;
  users: DemoUser[];
  stop(): Promise<void>;
}

const isOpen = (port: number) => async (): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
};

/** Starts the embedded cloud on loopback, seeded, and gives the environment that a replica needs to use it. */
export async function startCloud({ dataDir, ports = {}, ...app }: CloudOptions = {}): Promise<Cloud> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= LOCAL.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED;
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'stateless-local-')));
  await mkdir(folder, { recursive: true });
  const at = { dynamo: await freePort(ports.dynamo), cognito: await freePort(ports.cognito), cache: await freePort(ports.cache) };
  const cache = cacheServer();
  const processes = Processes.start([
    dynamoCommand(folder, at.dynamo),
    await cognitoCommand(folder, at.cognito, app),
    ...(cache ? [cacheCommand(cache, folder, at.cache)] : []),
  ]);
  const servers: Server[] = [];
  const stop = async () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    await processes.stop();
    if (!dataDir) await rm(folder, { recursive: true, force: true });
  };
  try {
    const credentials = { accessKeyId: LOCAL.AWS_ACCESS_KEY_ID, secretAccessKey: LOCAL.AWS_SECRET_ACCESS_KEY, region: LOCAL.AWS_REGION };
    servers.push(await s3Server(folder, credentials), await secretsManagerServer(folder, credentials));
    const [s3, secrets] = await Promise.all([listen(servers[0] as Server, ports.s3), listen(servers[1] as Server, ports.secrets)]);
    await processes.ready('DynamoDB', isOpen(at.dynamo));
    if (cache) await processes.ready('cache', isOpen(at.cache));
    const env = environmentOf({ ...at, s3, secrets }, cache !== undefined, app.spaPort);
    await seed(env);
    await processes.ready('Cognito', isOpen(at.cognito));
    return { env, users: await signInAll(env), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function listen(server: Server, preferred?: number): Promise<number> {
  server.listen(await freePort(preferred), '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}

interface Ports {
  dynamo: number;
  cognito: number;
  s3: number;
  secrets: number;
  cache: number;
}

function environmentOf(ports: Ports, hasCache: boolean, spaPort?: number): Environment {
  const at = (port: number) => `http://127.0.0.1:${port}`;
  const issuer = `${at(ports.cognito)}/${LOCAL.COGNITO_USER_POOL_ID}`;
  return {
    ...LOCAL,
    AWS_ENDPOINT_URL: at(ports.dynamo),
    AWS_ENDPOINT_URL_S3: at(ports.s3),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: at(ports.secrets),
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: at(ports.cognito),
    COGNITO_ISSUER: issuer,
    COGNITO_JWKS_URI: `${issuer}/.well-known/jwks.json`,
    ...(hasCache && { CACHE_URL: `redis://127.0.0.1:${ports.cache}` }),
    CORS_ORIGINS: spaOrigins(spaPort).join(','),
    // Generous, so that a load test on a laptop measures the service; set 300/60s to see the limit work.
    RATE_LIMIT: '100000/60s',
    RATE_LIMIT_ANONYMOUS: '100000/60s',
    SHUTDOWN_DRAIN_SECONDS: '1',
  };
}

