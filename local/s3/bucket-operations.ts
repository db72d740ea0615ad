import { sendXml, textOf, type Call } from './call.js';
import { parseCors } from './cors.js';

const encoded = (call: Call, text: string): string => (call.query.get('encoding-type') === 'url' ? encodeURIComponent(text).replaceAll('%2F', '/') : text);

export async function putCors(call: Call): Promise<void> {
  await call.bucket.saveCors(parseCors(await textOf(call.request)));
  call.response.writeHead(200).end();
}

export function getCors(call: Call): void {
  const rules = call.bucket.cors.map((rule) => ({
    AllowedOrigin: rule.origins, AllowedMethod: rule.methods, AllowedHeader: rule.headers, ExposeHeader: rule.exposed, MaxAgeSeconds: rule.maxAge,
  }));
  sendXml(call, 'CORSConfiguration', { CORSRule: rules });
}

/** ListObjectsV2 with prefix, delimiter, start-after and continuation. */
export function listObjects(call: Call): void {
  const { bucket, bucketName, query } = call;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const limit = Math.min(Number(query.get('max-keys') ?? 1_000), 1_000);
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

export function listUploads(call: Call): void {
  const { bucket, bucketName, query } = call;
  const prefix = query.get('prefix') ?? '';
  const uploads = [...bucket.uploads.values()].filter(({ key }) => key.startsWith(prefix)).sort((a, b) => (a.key + a.id < b.key + b.id ? -1 : 1));
  sendXml(call, 'ListMultipartUploadsResult', {
    Bucket: bucketName,
    Prefix: prefix,
    IsTruncated: false,
    Upload: uploads.map(({ key, id, initiated }) => ({ Key: encoded(call, key), UploadId: id, Initiated: initiated, StorageClass: 'STANDARD' })),
  });
}
