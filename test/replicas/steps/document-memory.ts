import { send } from '../http.js';
import type { Player } from '../player.js';

/** How to send the bytes of an upload, as the service said it. */
export interface Ticket {
  method: string;
  url?: string;
  headers: Record<string, string>;
}

/** A document as the client that made it remembers it. */
export interface Doc {
  id: string;
  path: string;
  /** The sign-in that made it. */
  as: number;
  size: number;
  upload: Ticket;
  /** Other bytes than promised were sent: completing it once is not like completing it twice. */
  isSpoilt?: boolean;
}

interface NewDocument {
  as: number;
  name: string;
  size: number;
  folder?: string;
  tag?: string;
  key?: number;
}

/** The bytes that a client has for a document of this size; of a large one nobody sends more than the last part. */
export const bytesOf = (size: number): Buffer => Buffer.alloc(size, 'x');

export async function createDocument(player: Player, { as, name, size, folder, tag, key }: NewDocument): Promise<Doc | undefined> {
  const reply = await player.call({
    method: 'POST', path: '/v1/documents', as,
    body: { name, contentType: 'text/plain', size, ...(folder && { folder }), ...(tag && { tags: [tag] }) },
    headers: player.idempotencyKey(key), isRepeatable: key !== undefined,
  });
  if (reply.status !== 201) return undefined;
  const { id } = reply.body.document;
  const known = player.docs.find((doc) => doc.id === id);
  if (known) return known;
  const doc: Doc = { id, path: `/v1/documents/${id}`, as, size, upload: reply.body.upload };
  player.docs.push(doc);
  player.keepEtag(doc.path, reply);
  return doc;
}

/** Sends bytes to S3 as a ticket says; S3's answer is part of what a client sees. */
export async function sendBytes(player: Player, { method, url, headers }: Ticket, bytes: Buffer): Promise<void> {
  if (url === undefined) return;
  const { status } = await send(url, { method, headers, body: bytes, isAlone: true });
  player.observe({ request: `${method} ${bytes.length} bytes to S3`, status, headers: {}, body: null }, 'S3');
}

export const complete = (player: Player, doc: Doc, as = doc.as) =>
  player.call({ method: 'POST', path: `${doc.path}/upload/complete`, as, keepsEtag: doc.path, isRepeatable: doc.isSpoilt !== true });

export async function publish(player: Player, doc: Doc): Promise<void> {
  await sendBytes(player, doc.upload, bytesOf(doc.size));
  await complete(player, doc);
}
