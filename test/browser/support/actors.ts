import { randomUUID } from 'node:crypto';
import { Client } from '../../support/client.js';
import { mintToken } from '../../support/tokens.js';
import type { World } from './world.js';

export interface Actor {
  userId: string;
  token: string;
  client: Client;
}

/** A user of the world's pool that nobody has used before. */
export function newActorOf({ cloud, apiUrl }: World): Actor {
  const userId = randomUUID();
  const token = mintToken({ sub: userId }, cloud.env['COGNITO_ISSUER']);
  return { userId, token, client: new Client(apiUrl, token) };
}
