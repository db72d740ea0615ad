import { randomUUID } from 'node:crypto';
import { startApp, type RunningApp } from '../../test/support/app.js';
import { mintToken } from '../../test/support/tokens.js';
import { createClient, type Client, type ClientOptions } from '../src/index.js';

export { startApp, mintToken, type RunningApp };

/** A client for a user whom nobody has used before. */
export function newClient({ url }: RunningApp, options: Partial<ClientOptions> = {}): Client {
  const token = mintToken({ sub: randomUUID() });
  return createClient({ baseUrl: url, token: () => token, ...options });
}
