import type { Cloud } from './cloud.js';
import { Processes } from './processes.js';

/** What the app reads from /config.json; for a deployment `terraform output -json spa` gives the same. */
export interface SpaConfig {
  apiUrl: string;
  issuer: string;
  clientId: string;
  authorizationEndpoint: string;
  /** Cognito's page that ends its own session. The embedded pool has no such session. */
  logoutEndpoint?: string;
  scopes: string[];
  /** Offered on the sign-in page for a sign-in by one click. Only ever users of the embedded pool. */
  demoUsers?: { email: string; password: string }[];
  /** Where tasks can be killed, when there are several. */
  controlUrl?: string;
}

export function spaConfig({ env, users }: Pick<Cloud, 'env' | 'users'>, apiUrl: string, controlUrl?: string): SpaConfig {
  return {
    apiUrl,
    issuer: env['COGNITO_ISSUER'] ?? '',
    clientId: env['COGNITO_CLIENT_ID'] ?? '',
    authorizationEndpoint: `${env['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER']}/oauth2/authorize`,
    scopes: ['openid', 'email', 'profile', 'aws.cognito.signin.user.admin'],
    demoUsers: users.map(({ email, password }) => ({ email, password })),
    controlUrl,
  };
}

export interface Spa {
  url: string;
  stop(): Promise<void>;
}

/** Serves the app from its source, so that a change shows at once. */
export async function startSpa(port: number, config: SpaConfig): Promise<Spa> {
  const url = `http://localhost:${port}`;
  const args = ['node_modules/vite/bin/vite.js', 'examples/spa', '--host', '127.0.0.1', '--port', String(port), '--strictPort', '--logLevel', 'warn', '--clearScreen', 'false'];
  const env = { SPA_CONFIG: JSON.stringify(config) };
  const processes = Processes.start([{ name: 'The app', command: process.execPath, args, env, isLoud: true }]);
  try {
    await processes.ready('The app', async () => (await fetch(`http://127.0.0.1:${port}/config.json`)).ok);
  } catch (error) {
    await processes.stop();
    throw error;
  }
  return { url, stop: () => processes.stop() };
}
