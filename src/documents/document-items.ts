import { createHash } from 'node:crypto';
import type { Leftover } from './document.repository.js';
import { dueAtOf, type Content, type StoredDocument } from './stored-document.js';

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

export function toStoredDocument(item: Item): StoredDocument {
  const { pk, sk: _sk, liveId: _live, dueShard: _shard, dueAt: _due, writeId: _write, ...rest } = item;
  return { userId: pk, ...rest } as StoredDocument;
}

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
