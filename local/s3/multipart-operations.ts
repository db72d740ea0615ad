import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AwsError } from '../sigv4.js';
import { checksumElements, checksumHeaders, checkWriteConditions, sendXml, storedHeaders, tagsOf, textOf, type Call } from './call.js';
import { digestOf, promised } from './checksums.js';
import type { Part, Upload } from './objects.js';
import { receive } from './receive.js';
import { elements, value } from './xml.js';

const MIN_PART = 5 * 1_024 * 1_024;

function uploadOf({ bucket, key, query }: Call): Upload {
  const upload = bucket.uploads.get(query.get('uploadId') ?? '');
  if (!upload || upload.key !== key) {
    throw new AwsError(404, 'NoSuchUpload', 'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.');
  }
  return upload;
}

export async function createUpload(call: Call): Promise<void> {
  const { request, bucket, bucketName, key } = call;
  const algorithm = request.headers['x-amz-checksum-algorithm'];
  const type = request.headers['x-amz-checksum-type'];
  const upload: Upload = {
    id: randomBytes(32).toString('base64url'),
    key,
    initiated: new Date().toISOString(),
    headers: storedHeaders(request),
    tags: tagsOf(request.headers['x-amz-tagging']),
    ...(typeof algorithm === 'string' && { algorithm: algorithm.toLowerCase() }),
    ...(typeof type === 'string' && { checksumType: type as 'COMPOSITE' }),
    parts: {},
  };
  await bucket.saveUpload(upload);
  sendXml(call, 'InitiateMultipartUploadResult', { Bucket: bucketName, Key: key, UploadId: upload.id });
}

export async function uploadPart(call: Call): Promise<void> {
  const { request, response, query, bucket, verified } = call;
  const number = Number(query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > 10_000) throw new AwsError(400, 'InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
  uploadOf(call);
  const received = await receive(request, verified, bucket.bytes);
  const file = join(bucket.bytes, randomUUID());
  await rename(received.file, file);
  const upload = bucket.uploads.get(query.get('uploadId') ?? '');
  if (!upload) {
    await rm(file, { force: true });
    throw new AwsError(404, 'NoSuchUpload', 'The specified upload does not exist.');
  }
  const previous = upload.parts[number];
  upload.parts[number] = { number, file, size: received.size, etag: `"${received.md5}"`, checksums: received.checksums, lastModified: new Date().toISOString() };
  await bucket.saveUpload(upload);
  if (previous) await rm(previous.file, { force: true });
  response.writeHead(200, { etag: upload.parts[number].etag, ...checksumHeaders(received.checksums) }).end();
}

export function listParts(call: Call): void {
  const upload = uploadOf(call);
  const { query, bucketName, key } = call;
  const marker = Number(query.get('part-number-marker') ?? 0);
  const limit = Math.min(Number(query.get('max-parts') ?? 1_000), 1_000);
  const rest = Object.values(upload.parts).sort((a, b) => a.number - b.number).filter(({ number }) => number > marker);
  const page = rest.slice(0, limit);
  sendXml(call, 'ListPartsResult', {
    Bucket: bucketName,
    Key: key,
    UploadId: upload.id,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: limit,
    IsTruncated: rest.length > page.length,
    Part: page.map((part) => ({ PartNumber: part.number, LastModified: part.lastModified, ETag: part.etag, Size: part.size, ...checksumElements(part.checksums) })),
  });
}

export async function abortUpload(call: Call): Promise<void> {
  await call.bucket.removeUpload(uploadOf(call));
  call.response.writeHead(204).end();
}

export async function completeUpload(call: Call): Promise<void> {
  const { bucket, bucketName, key, request } = call;
  const upload = uploadOf(call);
  const parts = chosenParts(upload, await textOf(request));
  checkWriteConditions(call);
  const joined = await joinParts(parts, bucket.bytes, upload);
  try {
    checkWriteConditions(call);
    checkPromised(request.headers, joined);
  } catch (error) {
    await rm(joined.file, { force: true });
    throw error;
  }
  const etag = `"${createHash('md5').update(Buffer.concat(parts.map((part) => Buffer.from(part.etag.slice(1, -1), 'hex')))).digest('hex')}-${parts.length}"`;
  const { file, size, checksums, checksumType } = joined;
  await bucket.put({ key, file, size, etag, lastModified: new Date().toISOString(), checksums, checksumType, headers: upload.headers, tags: upload.tags });
  await bucket.removeUpload(upload);
  sendXml(call, 'CompleteMultipartUploadResult', { Location: `/${bucketName}/${key}`, Bucket: bucketName, Key: key, ETag: etag, ...checksumElements(checksums) });
}

/** The parts that the request names, in order, each as it was uploaded, all but the last of 5 MiB at least. */
function chosenParts(upload: Upload, body: string): Part[] {
  const named = elements(body, 'Part').map((part) => ({ number: Number(value(part, 'PartNumber')), etag: value(part, 'ETag')?.replaceAll('"', '') }));
  if (named.length === 0) throw new AwsError(400, 'MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
  return named.map(({ number, etag }, i) => {
    if (i > 0 && number <= (named[i - 1]?.number ?? 0)) throw new AwsError(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.');
    const part = upload.parts[number];
    if (!part || part.etag.slice(1, -1) !== etag) throw new AwsError(400, 'InvalidPart', 'One or more of the specified parts could not be found, or its entity tag does not match.');
    if (i < named.length - 1 && part.size < MIN_PART) throw new AwsError(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
    return part;
  });
}

interface Joined {
  file: string;
  size: number;
  checksums: Record<string, string>;
  checksumType: 'FULL_OBJECT' | 'COMPOSITE';
}

/** One file of all parts. A composite checksum is one over the parts' checksums; a full-object one is over the bytes. */
async function joinParts(parts: Part[], folder: string, { algorithm, checksumType }: Upload): Promise<Joined> {
  const file = join(folder, randomUUID());
  const isFull = checksumType === 'FULL_OBJECT';
  const full = isFull && algorithm ? digestOf(algorithm) : undefined;
  const output = createWriteStream(file, { flags: 'wx' });
  for (const part of parts) {
    await pipeline(async function* () {
      for await (const chunk of createReadStream(part.file)) {
        full?.update(chunk as Buffer);
        yield chunk as Buffer;
      }
    }, output, { end: false });
  }
  await new Promise<void>((resolve, reject) => output.end((error?: Error | null) => (error ? reject(error) : resolve())));
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const composite = algorithm && !isFull ? compositeOf(parts, algorithm) : undefined;
  const checksum = full?.base64() ?? composite;
  return { file, size, checksums: algorithm && checksum ? { [algorithm]: checksum } : {}, checksumType: isFull ? 'FULL_OBJECT' : 'COMPOSITE' };
}

function compositeOf(parts: Part[], algorithm: string): string | undefined {
  const digest = digestOf(algorithm);
  if (!digest || parts.some((part) => part.checksums[algorithm] === undefined)) return undefined;
  for (const part of parts) digest.update(Buffer.from(part.checksums[algorithm] ?? '', 'base64'));
  return `${digest.base64()}-${parts.length}`;
}

function checkPromised(headers: Record<string, unknown>, { size, checksums }: Joined): void {
  const promisedSize = headers['x-amz-mp-object-size'];
  if (promisedSize !== undefined && Number(promisedSize) !== size) throw new AwsError(400, 'InvalidRequest', 'The provided x-amz-mp-object-size does not match the size of the object.');
  for (const [name, expected] of Object.entries(promised(headers))) {
    if (checksums[name] !== undefined && checksums[name] !== expected) throw new AwsError(400, 'BadDigest', `The ${name} you specified did not match the calculated checksum.`);
  }
}
