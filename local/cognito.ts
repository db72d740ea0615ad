import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CognitoIdentityProviderClient, InitiateAuthCommand } from '@aws-sdk/client-cognito-identity-provider';
import { LOCAL, SPA_PORT, spaOrigins, type Environment } from './names.js';
import type { Command } from './processes.js';
import { DEMO_PASSWORD, DEMO_USERS, type DemoUser } from './users.js';

const { COGNITO_USER_POOL_ID: POOL, COGNITO_CLIENT_ID: CLIENT } = LOCAL;
const TOKEN_SECONDS = 24 * 60 * 60;

export interface PoolOptions {
  hostname?: string;
  /** Where sign-in may return to. */
  spaPort?: number;
  /** Life of an access token. */
  tokenSeconds?: number;
}

/** Writes the pool's files, anew at each start. The issuer is the port on loopback, wherever the server listens. */
export async function cognitoCommand(dataDir: string, port: number, options: PoolOptions = {}): Promise<Command> {
  const { hostname = '127.0.0.1', spaPort = SPA_PORT, tokenSeconds = TOKEN_SECONDS } = options;
  const root = join(dataDir, '.cognito');
  await mkdir(join(root, 'db'), { recursive: true });
  const files = { 'config.json': config(port, hostname), 'db/clients.json': { Clients: { [CLIENT]: client(spaPort, tokenSeconds) } }, [`db/${POOL}.json`]: pool() };
  for (const [name, content] of Object.entries(files)) await writeFile(join(root, name), JSON.stringify(content, null, 2));
  const entry = fileURLToPath(new URL('./cognito-server.mjs', import.meta.url));
  return { name: 'Cognito', command: process.execPath, args: [entry], cwd: dataDir, env: { PORT: String(port), HOST: '127.0.0.1' } };
}

const config = (port: number, hostname: string) => ({
  ServerConfig: { port, hostname },
  TokenConfig: { IssuerDomain: `http://127.0.0.1:${port}` },
  UserPoolDefaults: { UsernameAttributes: ['email'] },
});

const NOW = '2026-01-01T00:00:00.000Z';

const client = (spaPort: number, tokenSeconds: number) => ({
  ClientId: CLIENT,
  ClientName: 'stateless-local-spa',
  UserPoolId: POOL,
  AccessTokenValidity: tokenSeconds,
  TokenValidityUnits: { AccessToken: 'seconds', IdToken: 'hours', RefreshToken: 'days' },
  RefreshTokenValidity: 30,
  AllowedOAuthFlows: ['code'],
  AllowedOAuthScopes: ['openid', 'email', 'profile'],
  AllowedOAuthFlowsUserPoolClient: true,
  CallbackURLs: spaOrigins(spaPort).map((origin) => `${origin}/callback`),
  LogoutURLs: spaOrigins(spaPort).map((origin) => `${origin}/`),
  ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  CreationDate: NOW,
  LastModifiedDate: NOW,
});

const pool = () => ({
  Options: { Id: POOL, Name: 'stateless-local', UsernameAttributes: ['email'], MfaConfiguration: 'OFF', CreationDate: NOW, LastModifiedDate: NOW },
  Users: Object.fromEntries(DEMO_USERS.map((user) => [user.sub, userRecord(user)])),
  Groups: {
    admin: {
      GroupName: 'admin',
      UserPoolId: POOL,
      CreationDate: NOW,
      LastModifiedDate: NOW,
      members: DEMO_USERS.filter(({ groups }) => groups.includes('admin')).map(({ sub }) => sub),
    },
  },
});

const userRecord = ({ email, sub }: { email: string; sub: string }) => ({
  Username: sub,
  Password: DEMO_PASSWORD,
  Attributes: [
    { Name: 'sub', Value: sub },
    { Name: 'email', Value: email },
    { Name: 'email_verified', Value: 'true' },
  ],
  Enabled: true,
  UserStatus: 'CONFIRMED',
  RefreshTokens: [],
  UserCreateDate: NOW,
  UserLastModifiedDate: NOW,
});

/** Signs every demo user in with the password, as an app would. */
export async function signInAll(environment: Environment): Promise<DemoUser[]> {
  const cognito = new CognitoIdentityProviderClient({
    region: environment['AWS_REGION'],
    endpoint: environment['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER'],
    credentials: { accessKeyId: 'unused', secretAccessKey: 'unused' },
  });
  return Promise.all(
    DEMO_USERS.map(async ({ email, sub, groups }) => {
      const AuthParameters = { USERNAME: email, PASSWORD: DEMO_PASSWORD };
      const { AuthenticationResult } = await cognito.send(
        new InitiateAuthCommand({ AuthFlow: 'USER_PASSWORD_AUTH', ClientId: CLIENT, AuthParameters }),
      );
      const accessToken = AuthenticationResult?.AccessToken;
      if (!accessToken) throw new Error(`${email} could not be signed in`);
      return { email, password: DEMO_PASSWORD, userId: sub, groups, accessToken };
    }),
  );
}
