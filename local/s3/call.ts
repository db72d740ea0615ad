import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError, type Verified } from '../sigv4.js';
import type { Bucket } from './bucket.js';
import { checkFormat, PREFIX, promised } from './checksums.js';
import { checkPromises, Meter } from './meter.js';
import type { StoredObject } from './objects.js';
import { xml } from './xml.js';

/** One verified request to one bucket. */
export interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  query: URLSearchParams;
  verified: Verified;
  bucket: Bucket;
  bucketName: string;
  key: string;
}

const STORED_HEADERS = ['content-type', 'content-disposition', 'content-encoding', 'content-language', 'cache-control', 'expires'];
const MAX_BODY = 2 * 1_024 * 1_024;

/** The headers of an upload that come back with every read. */
export function storedHeaders({ headers }: IncomingMessage): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => STORED_HEADERS.includes(name) || name.startsWith('x-amz-meta-'));
  const stored = Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
  const encoding = stored['content-encoding']?.split(',').map((part) => part.trim()).filter((part) => part !== 'aws-chunked').join(',');
  delete stored['content-encoding'];
  return { 'content-type': 'binary/octet-stream', ...stored, ...(encoding && { 'content-encoding': encoding }) };
}

export const tagsOf = (header: string | string[] | undefined): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(typeof header === 'string' ? header : ''));

/** A small body, checked like a large one. */
export async function textOf({ request, verified }: Call): Promise<string> {
  if (verified.payloadHash.startsWith('STREAMING-')) throw new AwsError(501, 'NotImplemented', 'The embedded S3 takes no XML in chunks.');
  const expected = promised(request.headers);
  checkFormat(expected);
  const meter = new Meter(Object.keys(expected));
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.pipe(meter)) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY) throw new AwsError(400, 'MalformedXML', 'The XML you provided is too large.');
    chunks.push(chunk as Buffer);
  }
  checkPromises(request.headers, verified, expected, meter.result());
  return Buffer.concat(chunks).toString('utf8');
}

export function sendXml({ response }: Call, root: string, content: Parameters<typeof xml>[1], status = 200): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(xml(root, content));
}

export const checksumHeaders = (checksums: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(checksums).map(([name, value]) => [PREFIX + name, value]));

/** `{ChecksumSHA256: …}` as S3's XML names them. */
export const checksumElements = (checksums: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(checksums).map(([name, value]) => [`Checksum${name.toUpperCase()}`, value]));

/** Conditional writes: `If-None-Match: *` and `If-Match`. */
export function checkWriteConditions({ request: { headers }, bucket, key }: Call): void {
  const current = bucket.objects.get(key);
  const noneMatch = headers['if-none-match'];
  if (noneMatch !== undefined && noneMatch !== '*') throw new AwsError(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented.');
  if (noneMatch === '*' && current) throw preconditionFailed();
  const match = headers['if-match'];
  if (match !== undefined && !current) throw noSuchKey();
  if (match !== undefined && current?.etag !== match) throw preconditionFailed();
}

export const preconditionFailed = (): AwsError =>
  new AwsError(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
export const malformedXml = (): AwsError =>
  new AwsError(400, 'MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
export const noSuchKey = (): AwsError => new AwsError(404, 'NoSuchKey', 'The specified key does not exist.');

export function objectOf({ bucket, key }: Call): StoredObject {
  const object = bucket.objects.get(key);
  if (!object) throw noSuchKey();
  return object;
}
