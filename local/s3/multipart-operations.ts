import { randomBytes } from 'node:crypto';
import { AwsError } from '../sigv4.js';
import { checksumElements, checksumHeaders, sendXml, storedHeaders, tagsOf, type Call } from './call.js';
import { digestOf } from './checksums.js';
import type { ChecksumType, Part, Upload } from './objects.js';
import { receive } from './receive.js';

export const noSuchUpload = (): AwsError =>
  new AwsError(404, 'NoSuchUpload', 'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.');

export function uploadOf({ bucket, key, query }: Call): Upload {
  const upload = bucket.uploads.get(query.get('uploadId') ?? '');
  if (!upload || upload.key !== key) throw noSuchUpload();
  return upload;
}

export async function createUpload(call: Call): Promise<void> {
  const { request, response, bucket, bucketName, key } = call;
  const upload: Upload = {
    id: randomBytes(32).toString('base64url'),
    key,
    initiated: new Date().toISOString(),
    headers: storedHeaders(request),
    tags: tagsOf(request.headers['x-amz-tagging']),
    ...checksumPlan(request.headers),
  };
  await bucket.startUpload(upload);
  if (upload.algorithm) {
    response.setHeader('x-amz-checksum-algorithm', upload.algorithm.toUpperCase());
    response.setHeader('x-amz-checksum-type', upload.checksumType ?? 'COMPOSITE');
  }
  sendXml(call, 'InitiateMultipartUploadResult', { Bucket: bucketName, Key: key, UploadId: upload.id });
}

/** A digest of the whole can be put together from the parts' only for a CRC; S3 offers no other. */
function checksumPlan(headers: Record<string, unknown>): Pick<Upload, 'algorithm' | 'checksumType'> {
  const named = headers['x-amz-checksum-algorithm'];
  if (typeof named !== 'string') return {};
  const algorithm = named.toLowerCase();
  digestOf(algorithm);
  const checksumType = (headers['x-amz-checksum-type'] ?? 'COMPOSITE') as ChecksumType;
  if (checksumType === 'FULL_OBJECT' && algorithm.startsWith('sha')) {
    throw new AwsError(400, 'InvalidRequest', `The FULL_OBJECT checksum type cannot be used with the ${algorithm} checksum algorithm.`);
  }
  return { algorithm, checksumType };
}

export async function uploadPart(call: Call): Promise<void> {
  const { query, bucket, response } = call;
  const number = Number(query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > 10_000) throw new AwsError(400, 'InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
  const { id: uploadId } = uploadOf(call);
  const { name, size, md5, checksums } = await receive(call);
  const part: Part = { uploadId, number, name, size, etag: `"${md5}"`, checksums, lastModified: new Date().toISOString() };
  try {
    // The upload may have ended while the bytes came in.
    checkChecksum(uploadOf(call), part);
    await bucket.putPart(part);
  } catch (error) {
    await bucket.discard([part]);
    throw error;
  }
  response.writeHead(200, { etag: part.etag, ...checksumHeaders(checksums) }).end();
}

/** The parts of an upload with a composite checksum each bring one of that algorithm. */
function checkChecksum({ algorithm, checksumType }: Upload, { checksums }: Part): void {
  const [actual = 'null'] = Object.keys(checksums);
  const isOptional = checksumType === 'FULL_OBJECT' && actual === 'null';
  if (algorithm === undefined || actual === algorithm || isOptional) return;
  throw new AwsError(400, 'InvalidRequest', `Checksum Type mismatch occurred, expected checksum Type: ${algorithm}, actual checksum Type: ${actual}`);
}

export function listParts(call: Call): void {
  const upload = uploadOf(call);
  const { query, bucket, bucketName, key } = call;
  const marker = Number(query.get('part-number-marker') ?? 0);
  const limit = Math.min(Number(query.get('max-parts') ?? 1_000), 1_000);
  const rest = bucket.partsOf(upload).filter(({ number }) => number > marker);
  const page = rest.slice(0, limit);
  sendXml(call, 'ListPartsResult', {
    Bucket: bucketName,
    Key: key,
    UploadId: upload.id,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: limit,
    IsTruncated: rest.length > page.length,
    ...(upload.algorithm && { ChecksumAlgorithm: upload.algorithm.toUpperCase(), ChecksumType: upload.checksumType }),
    Part: page.map((part) => ({ PartNumber: part.number, LastModified: part.lastModified, ETag: part.etag, Size: part.size, ...checksumElements(part.checksums) })),
  });
}

export async function abortUpload(call: Call): Promise<void> {
  await call.bucket.endUpload(uploadOf(call));
  call.response.writeHead(204).end();
}
