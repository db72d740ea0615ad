import { createHash } from 'node:crypto';
import { document as schema, type Document } from './document.js';
import type { Leftover } from './document.repository.js';
import { dueAtOf, toDocument, type Content, type StoredDocument } from './stored-document.js';

export type Item = Record<string, unknown>;

/** Shards of the `due` index: one partition would throttle a sweep of many users' items. */
export const DUE_SHARDS = Array.from({ length: 16 }, (_, shard) => shard.toString(16));

export const dueShardOf = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 1);

/** Sort keys. A document's own rows share its owner's partition, so that one transaction or query covers them. */
export const keys = {
  document: (id: string) => `D#${id}`,
  listed: (filterKey: string, id: string) => `F#${filterKey}#${id}`,
  version: (documentId: string, id: string) => `V#${documentId}#${id}`,
  leftover: (documentId: string, versionId = '') => `L#${documentId}#${versionId}`,
  share: (documentId: string, id: string) => `S#${documentId}#${id}`,
  usage: 'USAGE',
} as const;

/** For lists: of a document only what its owner sees, about half of it. Placeholders, since some names are reserved words. */
export const SHOWN = {
  ProjectionExpression: Object.keys(schema.shape).map((_, i) => `#f${i}`).join(','),
  ExpressionAttributeNames: Object.fromEntries(Object.keys(schema.shape).map((name, i) => [`#f${i}`, name])),
};

/** `liveId` puts a document into the index of the unfiltered list, `dueShard` and `dueAt` into the sweeper's. */
export function documentItem(document: StoredDocument, writeId: string): Item {
  const { userId, ...rest } = document;
  const dueAt = dueAtOf(document);
  return {
    pk: userId,
    sk: keys.document(document.id),
    ...rest,
    writeId,
    ...(document.status !== 'trashed' && { liveId: document.id }),
    ...(dueAt && { dueShard: dueShardOf(document.id), dueAt }),
  };
}

/** What an item has for its keys and indexes, and for telling its own write. */
const OF_THE_TABLE = new Set(['pk', 'sk', 'liveId', 'dueShard', 'dueAt', 'writeId']);

/** A loop: V8 copies the rest of a pattern by the slow way. */
export function toStoredDocument(item: Item): StoredDocument {
  const document: Item = { userId: item['pk'] };
  for (const [name, value] of Object.entries(item)) if (!OF_THE_TABLE.has(name)) document[name] = value;
  return document as unknown as StoredDocument;
}

/** Of an item that was read with `SHOWN`. */
export const toListedDocument = (item: Item): Document => toDocument(item as Document);

export const contentItem = (userId: string, documentId: string, content: Content): Item => ({
  pk: userId,
  sk: keys.version(documentId, content.id),
  ...content,
});

export function toContent({ pk: _pk, sk: _sk, ...content }: Item): Content {
  return content as unknown as Content;
}

export const leftoverItem = ({ userId, documentId, versionId, dueAt }: Leftover): Item => ({
  pk: userId,
  sk: keys.leftover(documentId, versionId),
  documentId,
  ...(versionId && { versionId }),
  dueShard: dueShardOf(documentId),
  dueAt,
});

export const toLeftover = ({ pk, documentId, versionId, dueAt }: Item): Leftover =>
  ({ userId: pk, documentId, ...(versionId !== undefined && { versionId }), dueAt }) as Leftover;
