import { randomUUID } from 'node:crypto';
import { Client, type Reply } from './client.js';
import { mintToken } from './tokens.js';

export interface Actor {
  userId: string;
  client: Client;
}

/** A user of the suites' pool that nobody has used before, unless one is named. */
export function newActor(url: string, userId: string = randomUUID()): Actor {
  return { userId, client: new Client(url, mintToken({ sub: userId })) };
}

export interface Ticket {
  url: string;
  headers: Record<string, string>;
}

/** Sends bytes as a ticket says. */
export const send = ({ url, headers }: Ticket, bytes: Uint8Array | string, method = 'PUT', more: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method, headers: { ...headers, ...more }, body: bytes as never });

/** A pending document of some bytes. */
export async function promise({ client }: Actor, bytes: Uint8Array | string, changes: object = {}): Promise<Reply> {
  return client.post('/v1/documents', { name: 'file.txt', contentType: 'text/plain', size: Buffer.byteLength(bytes), ...changes });
}

/** A document that is ready. */
export async function upload(actor: Actor, bytes: Uint8Array | string, changes: object = {}) {
  const created = await promise(actor, bytes, changes);
  if (created.status !== 201) throw new Error(`create: ${created.status} ${JSON.stringify(created.body)}`);
  const put = await send(created.body.upload, bytes);
  if (!put.ok) throw new Error(`put: ${put.status} ${await put.text()}`);
  const { id } = created.body.document;
  const completed = await actor.client.post(`/v1/documents/${id}/upload/complete`);
  if (completed.status !== 200) throw new Error(`complete: ${completed.status} ${JSON.stringify(completed.body)}`);
  return { id: id as string, path: `/v1/documents/${id}`, document: completed.body, ticket: created.body.upload as Ticket };
}
