import { AwsError } from '../sigv4.js';
import { malformedXml, sendXml, textOf, type Call } from './call.js';
import { parseCors } from './cors.js';

const encoded = (call: Call, text: string): string => (call.query.get('encoding-type') === 'url' ? encodeURIComponent(text).replaceAll('%2F', '/') : text);

export async function putCors(call: Call): Promise<void> {
  const rules = parseCors(await textOf(call));
  if (rules.length === 0) throw malformedXml();
  await call.bucket.saveCors(rules);
  call.response.writeHead(200).end();
}

export function getCors(call: Call): void {
  const rules = call.bucket.cors.map((rule) => ({
    AllowedOrigin: rule.origins, AllowedMethod: rule.methods, AllowedHeader: rule.headers, ExposeHeader: rule.exposed, MaxAgeSeconds: rule.maxAge,
  }));
  sendXml(call, 'CORSConfiguration', { CORSRule: rules });
}

function limitOf(text: string | null): number {
  if (text !== null && !/^\d{1,10}$/.test(text)) throw new AwsError(400, 'InvalidArgument', 'Provided max-keys not an integer or within integer range');
  return Math.min(Number(text ?? 1_000), 1_000);
}

/** ListObjectsV2 with prefix, delimiter, start-after and continuation. */
export function listObjects(call: Call): void {
  const { bucket, bucketName, query } = call;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const limit = limitOf(query.get('max-keys'));
  const token = query.get('continuation-token');
  const after = token ? Buffer.from(token, 'base64url').toString() : (query.get('start-after') ?? '');
  const isAfter = (key: string) => after === '' || Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0;

  const contents: string[] = [];
  const folders = new Set<string>();
  let last = '';
  let isTruncated = false;
  for (const key of bucket.keys(prefix).filter(isAfter)) {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const folder = end < 0 ? undefined : key.slice(0, end + delimiter.length);
    if (folder !== undefined && (folders.has(folder) || folder === after)) {
      last = key;
      continue;
    }
    if (contents.length + folders.size === limit) {
      isTruncated = true;
      break;
    }
    if (folder === undefined) contents.push(key);
    else folders.add(folder);
    last = key;
  }
  sendXml(call, 'ListBucketResult', {
    Name: bucketName,
    Prefix: encoded(call, prefix),
    Delimiter: delimiter || undefined,
    MaxKeys: limit,
    KeyCount: contents.length + folders.size,
    IsTruncated: isTruncated,
    EncodingType: query.get('encoding-type') ?? undefined,
    ContinuationToken: token ?? undefined,
    NextContinuationToken: isTruncated ? Buffer.from(last).toString('base64url') : undefined,
    Contents: contents.map((key) => {
      const object = bucket.objects.get(key);
      return { Key: encoded(call, key), LastModified: object?.lastModified, ETag: object?.etag, Size: object?.size, StorageClass: 'STANDARD' };
    }),
    CommonPrefixes: [...folders].map((folder) => ({ Prefix: encoded(call, folder) })),
  });
}

/** ListMultipartUploads by key, then by upload, page by page. */
export function listUploads(call: Call): void {
  const { bucket, bucketName, query } = call;
  const prefix = query.get('prefix') ?? '';
  const limit = limitOf(query.get('max-uploads'));
  const position = positionOf(query.get('key-marker') ?? '', query.get('upload-id-marker') ?? '');
  const found = [...bucket.uploads.values()]
    .filter(({ key, id }) => key.startsWith(prefix) && Buffer.compare(positionOf(key, id), position) > 0)
    .sort((a, b) => Buffer.compare(positionOf(a.key, a.id), positionOf(b.key, b.id)));
  const page = found.slice(0, limit);
  const isTruncated = found.length > page.length;
  sendXml(call, 'ListMultipartUploadsResult', {
    Bucket: bucketName,
    Prefix: encoded(call, prefix),
    KeyMarker: encoded(call, query.get('key-marker') ?? ''),
    UploadIdMarker: query.get('upload-id-marker') ?? '',
    NextKeyMarker: isTruncated ? encoded(call, page.at(-1)?.key ?? '') : undefined,
    NextUploadIdMarker: isTruncated ? page.at(-1)?.id : undefined,
    MaxUploads: limit,
    IsTruncated: isTruncated,
    Upload: page.map(({ key, id, initiated }) => ({ Key: encoded(call, key), UploadId: id, Initiated: initiated, StorageClass: 'STANDARD' })),
  });
}

/** A key marker alone stands behind all uploads of that key. */
const positionOf = (key: string, id: string): Buffer => Buffer.from(`${key}\0${id === '' && key !== '' ? '\u{10ffff}' : id}`);
