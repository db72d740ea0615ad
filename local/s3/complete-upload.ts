import { createHash } from 'node:crypto';
import { AwsError } from '../sigv4.js';
import { openRange } from './bytes.js';
import { checksumElements, checkWriteConditions, malformedXml, sendXml, textOf, type Call } from './call.js';
import { checkFormat, digestOf, promised } from './checksums.js';
import { noSuchUpload, uploadOf } from './multipart-operations.js';
import type { Part, StoredObject, Upload } from './objects.js';
import { elements, value } from './xml.js';

const MIN_PART = 5 * 1_024 * 1_024;

const invalidPart = (): AwsError =>
  new AwsError(400, 'InvalidPart', "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.");

export async function completeUpload(call: Call): Promise<void> {
  const { bucket, bucketName, key, request } = call;
  const upload = uploadOf(call);
  const parts = chosenParts(upload, bucket.partsOf(upload), await textOf(call));
  const checksums = await checksumsOf(call, upload, parts);
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  checkPromised(request.headers, size, checksums);
  checkWriteConditions(call);
  // From here to the index nothing waits: of two completions, or a completion and an abort, one finds the upload gone.
  if (uploadOf(call) !== upload) throw noSuchUpload();
  if (!parts.every((part) => bucket.partsOf(upload).includes(part))) throw invalidPart();
  bucket.uploads.delete(upload.id);
  const object: StoredObject = {
    key,
    pieces: parts.map((part) => ({ name: part.name, size: part.size })),
    size,
    etag: etagOf(parts),
    lastModified: new Date().toISOString(),
    checksums,
    checksumType: upload.checksumType ?? 'COMPOSITE',
    headers: upload.headers,
    tags: upload.tags,
  };
  await bucket.put(object).catch((error: unknown) => {
    bucket.uploads.set(upload.id, upload);
    throw error;
  });
  await bucket.endUpload(upload, object.pieces);
  sendXml(call, 'CompleteMultipartUploadResult', {
    Location: `/${bucketName}/${key}`,
    Bucket: bucketName,
    Key: key,
    ETag: object.etag,
    ...checksumElements(checksums),
    ...(upload.algorithm && { ChecksumType: object.checksumType }),
  });
}

/** The MD5 of the parts' MD5s, and their number. */
function etagOf(parts: Part[]): string {
  const digests = parts.map((part) => Buffer.from(part.etag.slice(1, -1), 'hex'));
  return `"${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-${parts.length}"`;
}

/** The parts that the request names, in order, each as it was uploaded, all but the last of 5 MiB at least. */
function chosenParts(upload: Upload, uploaded: Part[], body: string): Part[] {
  const byNumber = new Map(uploaded.map((part) => [part.number, part]));
  const named = elements(body, 'Part');
  if (named.length === 0 || named.length > 10_000) throw malformedXml();
  const numbers = named.map((text) => Number(value(text, 'PartNumber')));
  if (numbers.some((number, i) => i > 0 && number <= (numbers[i - 1] ?? 0))) throw new AwsError(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.');
  const parts = named.map((text, i) => {
    const part = byNumber.get(numbers[i] ?? 0);
    if (!part || part.etag.slice(1, -1) !== value(text, 'ETag')?.replaceAll('"', '')) throw invalidPart();
    checkPartChecksum(upload, part, text);
    return part;
  });
  if (parts.slice(0, -1).some(({ size }) => size < MIN_PART)) throw new AwsError(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
  return parts;
}

function checkPartChecksum({ algorithm, checksumType }: Upload, part: Part, text: string): void {
  if (!algorithm) return;
  const claimed = value(text, `Checksum${algorithm.toUpperCase()}`);
  if (claimed !== undefined && claimed !== part.checksums[algorithm]) throw invalidPart();
  if (claimed === undefined && checksumType !== 'FULL_OBJECT') {
    throw new AwsError(400, 'InvalidRequest', `The upload was created using a ${algorithm} checksum. The complete request must include the checksum for each part. It was missing for part ${part.number} in the request.`);
  }
}

async function checksumsOf({ bucket }: Call, { algorithm, checksumType }: Upload, parts: Part[]): Promise<Record<string, string>> {
  if (!algorithm) return {};
  const digest = digestOf(algorithm);
  if (checksumType !== 'FULL_OBJECT') {
    for (const part of parts) digest.update(Buffer.from(part.checksums[algorithm] ?? '', 'base64'));
    return { [algorithm]: `${digest.base64()}-${parts.length}` };
  }
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  for await (const chunk of await openRange(bucket, parts, { start: 0, end: size - 1 })) digest.update(chunk as Buffer);
  return { [algorithm]: digest.base64() };
}

function checkPromised(headers: Record<string, unknown>, size: number, checksums: Record<string, string>): void {
  const promisedSize = headers['x-amz-mp-object-size'];
  if (promisedSize !== undefined && Number(promisedSize) !== size) {
    throw new AwsError(400, 'InvalidRequest', 'The provided x-amz-mp-object-size does not match the size of the object.');
  }
  for (const [name, expected] of Object.entries(promised(headers))) {
    checkFormat({ [name]: expected });
    if (checksums[name] !== expected) throw new AwsError(400, 'BadDigest', `The ${name.toUpperCase()} you specified did not match the calculated checksum.`);
  }
}
