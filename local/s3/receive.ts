import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AwsError, type Verified } from '../sigv4.js';
import { digestOf, isKnown, PREFIX, promised } from './checksums.js';
import { ChunkDecoder } from './chunked.js';

/** Bytes that arrived whole and as promised, in a file of their own. */
export interface Received {
  file: string;
  size: number;
  md5: string;
  checksums: Record<string, string>;
}

const STREAMING = /^STREAMING-(UNSIGNED-PAYLOAD|AWS4-HMAC-SHA256-PAYLOAD)(-TRAILER)?$/;

/**
 * Streams a body to disk and checks it against everything that the request promises: length, payload hash, Content-MD5 and
 * checksums in headers or trailers. A body that breaks off or breaks a promise leaves nothing behind.
 */
export async function receive(request: IncomingMessage, verified: Verified, folder: string): Promise<Received> {
  if (request.headers['content-length'] === undefined && request.headers['x-amz-decoded-content-length'] === undefined) {
    throw new AwsError(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  const file = join(folder, `incoming-${randomUUID()}`);
  try {
    return await store(request, verified, file);
  } catch (error) {
    await rm(file, { force: true });
    throw described(error);
  }
}

async function store(request: IncomingMessage, verified: Verified, file: string): Promise<Received> {
  const streaming = STREAMING.exec(verified.payloadHash);
  const decoder = streaming ? new ChunkDecoder(verified, streaming[1] !== 'UNSIGNED-PAYLOAD') : undefined;
  const trailer = String(request.headers['x-amz-trailer'] ?? '').toLowerCase();
  const expected = promised(request.headers);
  const trailing = trailer.startsWith(PREFIX) ? trailer.slice(PREFIX.length) : undefined;
  const meter = new Meter([...Object.keys(expected), ...(trailing && isKnown(trailing) ? [trailing] : []), 'sha256']);
  const sink = createWriteStream(file, { flags: 'wx' });
  await (decoder ? pipeline(request, decoder, meter, sink) : pipeline(request, meter, sink));
  const received = meter.result();
  if (trailing) expected[trailing] = decoder?.trailers[trailer] ?? '';
  check(request, verified, expected, received);
  const checksums = Object.fromEntries(Object.keys(expected).map((name) => [name, received.checksums[name] ?? '']));
  return { file, size: received.size, md5: received.md5, checksums };
}

/** Counts and digests what passes. */
class Meter extends Transform {
  private size = 0;
  private readonly md5 = createHash('md5');
  private readonly digests;

  constructor(algorithms: string[]) {
    super();
    this.digests = [...new Set(algorithms)].map((name) => ({ name, digest: digestOf(name) }));
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, data: Buffer) => void): void {
    this.size += chunk.length;
    this.md5.update(chunk);
    for (const { digest } of this.digests) digest?.update(chunk);
    done(null, chunk);
  }

  result() {
    const checksums = Object.fromEntries(this.digests.map(({ name, digest }) => [name, digest?.base64() ?? '']));
    return { size: this.size, md5: this.md5.digest('hex'), checksums };
  }
}

function check(request: IncomingMessage, { payloadHash }: Verified, expected: Record<string, string>, received: { size: number; md5: string; checksums: Record<string, string> }): void {
  const length = Number(request.headers['x-amz-decoded-content-length'] ?? request.headers['content-length']);
  if (length !== received.size) throw new AwsError(400, 'IncompleteBody', 'You did not provide the number of bytes specified by the Content-Length HTTP header.');
  if (/^[0-9a-f]{64}$/.test(payloadHash) && payloadHash !== Buffer.from(received.checksums['sha256'] ?? '', 'base64').toString('hex')) {
    throw new AwsError(400, 'XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match what was computed.");
  }
  const md5 = request.headers['content-md5'];
  if (typeof md5 === 'string' && md5 !== Buffer.from(received.md5, 'hex').toString('base64')) {
    throw new AwsError(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  for (const [name, value] of Object.entries(expected)) {
    if (received.checksums[name] !== value) throw new AwsError(400, 'BadDigest', `The ${name.toUpperCase()} you specified did not match the calculated checksum.`);
  }
}

function described(error: unknown): unknown {
  if ((error as { code?: string }).code !== 'ENOSPC') return error;
  console.error('The disk is full: free some space, or empty the embedded cloud with "npm run local -- --reset".');
  return new AwsError(507, 'InsufficientStorage', 'The disk of the embedded cloud is full.');
}
