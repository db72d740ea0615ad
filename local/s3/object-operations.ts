import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { AwsError } from '../sigv4.js';
import {
  checksumHeaders, checkWriteConditions, malformedXml, noSuchKey, objectOf, preconditionFailed, sendXml, storedHeaders, tagsOf, textOf, type Call,
} from './call.js';
import type { Piece, StoredObject } from './objects.js';
import { receive } from './receive.js';
import { elements, value, values } from './xml.js';

const MAX_PUT = 5 * 1_024 ** 3;

export async function putObject(call: Call): Promise<void> {
  const { request, response, key } = call;
  if (Number(request.headers['content-length'] ?? 0) > MAX_PUT) throw new AwsError(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size.');
  checkWriteConditions(call);
  const { name, size, md5, checksums } = await receive(call);
  const object: StoredObject = {
    key,
    pieces: [{ name, size }],
    size,
    etag: `"${md5}"`,
    lastModified: new Date().toISOString(),
    checksums,
    checksumType: 'FULL_OBJECT',
    headers: storedHeaders(request),
    tags: tagsOf(request.headers['x-amz-tagging']),
  };
  await publish(call, object);
  response.writeHead(200, { etag: object.etag, ...checksumHeaders(object.checksums) }).end();
}

/** Checks the conditions once more, for what was written while the bytes came in. */
async function publish(call: Call, object: StoredObject): Promise<void> {
  try {
    checkWriteConditions(call);
    await call.bucket.put(object);
  } catch (error) {
    await call.bucket.discard(object.pieces);
    throw error;
  }
}

export async function deleteObject({ response, bucket, key }: Call): Promise<void> {
  await bucket.remove(key);
  response.writeHead(204).end();
}

export async function deleteObjects(call: Call): Promise<void> {
  const { headers } = call.request;
  const isChecked = headers['content-md5'] !== undefined || Object.keys(headers).some((name) => name.startsWith('x-amz-checksum-'));
  if (!isChecked) throw new AwsError(400, 'InvalidRequest', 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  const body = await textOf(call);
  const keys = elements(body, 'Object').flatMap((object) => values(object, 'Key'));
  if (keys.length === 0 || keys.length > 1_000) throw malformedXml();
  for (const key of keys) await call.bucket.remove(key);
  sendXml(call, 'DeleteResult', { Deleted: value(body, 'Quiet') === 'true' ? [] : keys.map((Key) => ({ Key })) });
}

/** Within one bucket, conditional on the source's ETag when asked. */
export async function copyObject(call: Call): Promise<void> {
  const { request, bucket, bucketName, key } = call;
  const { headers } = request;
  const [, sourceBucket, sourceKey] = /^\/?([^/]+)\/(.+)$/.exec(decodeURIComponent(String(headers['x-amz-copy-source']))) ?? [];
  const source = sourceBucket === bucketName ? bucket.objects.get(sourceKey ?? '') : undefined;
  if (!source) throw noSuchKey();
  const isReplaced = headers['x-amz-metadata-directive'] === 'REPLACE';
  if (sourceKey === key && !isReplaced) {
    throw new AwsError(400, 'InvalidRequest', "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.");
  }
  const match = headers['x-amz-copy-source-if-match'];
  const noneMatch = headers['x-amz-copy-source-if-none-match'];
  if ((match !== undefined && match !== source.etag) || (noneMatch !== undefined && noneMatch === source.etag)) throw preconditionFailed();
  checkWriteConditions(call);
  const pieces = await copied(call, source);
  const copy = { ...source, key, pieces, lastModified: new Date().toISOString(), headers: isReplaced ? storedHeaders(request) : source.headers };
  await publish(call, copy);
  sendXml(call, 'CopyObjectResult', { ETag: copy.etag, LastModified: copy.lastModified });
}

async function copied({ bucket }: Call, { pieces }: StoredObject): Promise<Piece[]> {
  const copies = pieces.map(({ size }) => ({ name: randomUUID(), size }));
  try {
    for (const [i, { name }] of pieces.entries()) await copyFile(bucket.fileOf(name), bucket.fileOf(copies[i]?.name ?? ''), constants.COPYFILE_FICLONE);
  } catch (error) {
    await bucket.discard(copies);
    throw error;
  }
  return copies;
}

export async function tagging(call: Call): Promise<void> {
  const { method } = call.request;
  if (method === 'GET') {
    const tags = Object.entries(objectOf(call).tags).map(([Key, Value]) => ({ Key, Value }));
    return sendXml(call, 'Tagging', { TagSet: { Tag: tags } });
  }
  const body = method === 'PUT' ? await textOf(call) : '';
  const tags = elements(body, 'Tag').map((tag) => [value(tag, 'Key') ?? '', value(tag, 'Value') ?? ''] as const);
  if (tags.length > 10) throw new AwsError(400, 'BadRequest', 'Object tags cannot be greater than 10');
  await call.bucket.put({ ...objectOf(call), tags: Object.fromEntries(tags) });
  call.response.writeHead(method === 'PUT' ? 200 : 204).end();
}
