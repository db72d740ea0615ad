import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AwsError } from '../sigv4.js';
import {
  checksumHeaders, checkWriteConditions, noSuchKey, objectOf, preconditionFailed, sendXml, storedHeaders, tagsOf, textOf, type Call,
} from './call.js';
import type { StoredObject } from './objects.js';
import { receive } from './receive.js';
import { elements, value, values } from './xml.js';

const MAX_PUT = 5 * 1_024 ** 3;

export async function putObject(call: Call): Promise<void> {
  const { request, response, bucket, key, verified } = call;
  if (Number(request.headers['content-length'] ?? 0) > MAX_PUT) throw new AwsError(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size.');
  checkWriteConditions(call);
  const received = await receive(request, verified, bucket.bytes);
  const file = join(bucket.bytes, randomUUID());
  try {
    // Again, for what was written while the bytes came in.
    checkWriteConditions(call);
  } catch (error) {
    await rm(received.file, { force: true });
    throw error;
  }
  const object: StoredObject = {
    key,
    file,
    size: received.size,
    etag: `"${received.md5}"`,
    lastModified: new Date().toISOString(),
    checksums: received.checksums,
    checksumType: 'FULL_OBJECT',
    headers: storedHeaders(request),
    tags: tagsOf(request.headers['x-amz-tagging']),
  };
  const stored = bucket.put(object);
  await rename(received.file, file);
  await stored;
  response.writeHead(200, { etag: object.etag, ...checksumHeaders(object.checksums) }).end();
}

/** GET and HEAD, with ranges, conditions and the response overrides that only a signed request may use. */
export async function getObject(call: Call): Promise<void> {
  const { request, response, query } = call;
  const object = objectOf(call);
  if (!isWanted(call, object)) return;
  const overrides = [...query].filter(([name]) => name.startsWith('response-')).map(([name, text]) => [name.slice('response-'.length), text]);
  const headers: Record<string, string | number> = {
    ...object.headers,
    ...Object.fromEntries(overrides),
    etag: object.etag,
    'last-modified': new Date(object.lastModified).toUTCString(),
    'accept-ranges': 'bytes',
    ...(request.headers['x-amz-checksum-mode'] === 'ENABLED' && { ...checksumHeaders(object.checksums), 'x-amz-checksum-type': object.checksumType }),
  };
  const range = rangeOf(request.headers.range, object.size);
  if (range) headers['content-range'] = `bytes ${range.start}-${range.end}/${object.size}`;
  headers['content-length'] = range ? range.end - range.start + 1 : object.size;
  response.writeHead(range ? 206 : 200, headers);
  if (request.method === 'HEAD' || headers['content-length'] === 0) return void response.end();
  await pipeline(createReadStream(object.file, range), response);
}

function isWanted({ request: { headers }, response }: Call, object: StoredObject): boolean {
  if (headers['if-match'] !== undefined && headers['if-match'] !== object.etag && headers['if-match'] !== '*') throw preconditionFailed();
  if (headers['if-none-match'] === undefined || ![object.etag, '*'].includes(headers['if-none-match'])) return true;
  response.writeHead(304, { etag: object.etag }).end();
  return false;
}

function rangeOf(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (start > end) throw new AwsError(416, 'InvalidRange', 'The requested range is not satisfiable');
  return { start, end };
}

export async function deleteObject({ response, bucket, key }: Call): Promise<void> {
  await bucket.remove(key);
  response.writeHead(204).end();
}

export async function deleteObjects(call: Call): Promise<void> {
  const body = await textOf(call.request);
  const keys = elements(body, 'Object').flatMap((object) => values(object, 'Key'));
  if (keys.length === 0 || keys.length > 1_000) throw new AwsError(400, 'MalformedXML', 'Name 1 to 1,000 objects.');
  for (const key of keys) await call.bucket.remove(key);
  sendXml(call, 'DeleteResult', { Deleted: value(body, 'Quiet') === 'true' ? [] : keys.map((Key) => ({ Key })) });
}

/** Within one bucket, conditional on the source's ETag when asked. */
export async function copyObject(call: Call): Promise<void> {
  const { request, bucket, bucketName, key } = call;
  const [, sourceBucket, sourceKey] = /^\/?([^/]+)\/(.+)$/.exec(decodeURIComponent(String(request.headers['x-amz-copy-source']))) ?? [];
  const source = sourceBucket === bucketName ? bucket.objects.get(sourceKey ?? '') : undefined;
  if (!source) throw noSuchKey();
  const match = request.headers['x-amz-copy-source-if-match'];
  const noneMatch = request.headers['x-amz-copy-source-if-none-match'];
  if ((match !== undefined && match !== source.etag) || (noneMatch !== undefined && noneMatch === source.etag)) throw preconditionFailed();
  checkWriteConditions(call);
  const file = join(bucket.bytes, randomUUID());
  await copyFile(source.file, file);
  const isReplaced = request.headers['x-amz-metadata-directive'] === 'REPLACE';
  const copy = { ...source, key, file, lastModified: new Date().toISOString(), headers: isReplaced ? storedHeaders(request) : source.headers };
  await bucket.put(copy);
  sendXml(call, 'CopyObjectResult', { ETag: copy.etag, LastModified: copy.lastModified });
}

export async function tagging(call: Call): Promise<void> {
  const object = objectOf(call);
  if (call.request.method === 'GET') {
    return sendXml(call, 'Tagging', { TagSet: { Tag: Object.entries(object.tags).map(([Key, Value]) => ({ Key, Value })) } });
  }
  const body = call.request.method === 'PUT' ? await textOf(call.request) : '';
  const tags = elements(body, 'Tag').map((tag) => [value(tag, 'Key') ?? '', value(tag, 'Value') ?? '']);
  await call.bucket.put({ ...object, tags: Object.fromEntries(tags) });
  call.response.writeHead(call.request.method === 'PUT' ? 200 : 204).end();
}
