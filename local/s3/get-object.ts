import { pipeline } from 'node:stream/promises';
import { AwsError } from '../sigv4.js';
import { openRange, type Range } from './bytes.js';
import { checksumHeaders, noSuchKey, objectOf, preconditionFailed, type Call } from './call.js';
import type { StoredObject } from './objects.js';

/** GET and HEAD, with ranges, conditions and the response overrides that only a signed request may use. */
export async function getObject(call: Call): Promise<void> {
  const { request, response, query } = call;
  const object = objectOf(call);
  if (!isWanted(call, object)) return;
  const range = rangeOf(request.headers.range, object.size);
  const length = range ? range.end - range.start + 1 : object.size;
  const isEmpty = request.method === 'HEAD' || length === 0;
  const bytes = isEmpty ? undefined : await opened(call, object, range ?? { start: 0, end: object.size - 1 });
  const overrides = [...query].filter(([name]) => name.startsWith('response-')).map(([name, text]) => [name.slice('response-'.length), text]);
  const isChecked = request.headers['x-amz-checksum-mode'] === 'ENABLED' && Object.keys(object.checksums).length > 0 && !range;
  response.writeHead(range ? 206 : 200, {
    ...object.headers,
    ...Object.fromEntries(overrides),
    etag: object.etag,
    'last-modified': new Date(object.lastModified).toUTCString(),
    'accept-ranges': 'bytes',
    'content-length': length,
    ...(range && { 'content-range': `bytes ${range.start}-${range.end}/${object.size}` }),
    ...(isChecked && { ...checksumHeaders(object.checksums), 'x-amz-checksum-type': object.checksumType }),
    ...(Object.keys(object.tags).length > 0 && { 'x-amz-tagging-count': Object.keys(object.tags).length }),
  });
  if (!bytes) return void response.end();
  // A client that stops reading is no error of ours.
  await pipeline(bytes, response).catch(() => response.destroy());
}

/** An object that is removed between the look-up and here is gone, not broken. */
async function opened({ bucket }: Call, { pieces }: StoredObject, range: Range) {
  return openRange(bucket, pieces, range).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? noSuchKey() : error;
  });
}

/** Conditional reads (RFC 9110 section 13): entity tags come before dates, at the resolution of a second. */
function isWanted({ request: { headers }, response }: Call, { etag, lastModified }: StoredObject): boolean {
  const changedAt = Math.floor(Date.parse(lastModified) / 1_000) * 1_000;
  const is = (tag: string): boolean => tag === '*' || tag.replaceAll('"', '') === etag.replaceAll('"', '');
  const match = headers['if-match'];
  const unmodifiedSince = Date.parse(headers['if-unmodified-since'] ?? '');
  if (match === undefined ? changedAt > unmodifiedSince : !is(match)) throw preconditionFailed();
  const noneMatch = headers['if-none-match'];
  const modifiedSince = Date.parse(headers['if-modified-since'] ?? '');
  if (noneMatch === undefined ? !(changedAt <= modifiedSince) : !is(noneMatch)) return true;
  response.writeHead(304, { etag }).end();
  return false;
}

function rangeOf(header: string | undefined, size: number): Range | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (match[1] !== '' && match[2] !== '' && Number(match[1]) > Number(match[2])) return undefined;
  if (start > end) throw new AwsError(416, 'InvalidRange', 'The requested range is not satisfiable');
  return { start, end };
}
