import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Transform } from 'node:stream';
import { AwsError, type Verified } from '../sigv4.js';
import { digestOf } from './checksums.js';

/** What was counted and computed over a body. */
export interface Measure {
  size: number;
  md5: string;
  checksums: Record<string, string>;
}

/** Counts and digests the bytes that pass; SHA-256 always, for the payload hash. */
export class Meter extends Transform {
  private size = 0;
  private readonly md5 = createHash('md5');
  private readonly digests;

  constructor(algorithms: string[]) {
    super();
    this.digests = [...new Set(['sha256', ...algorithms])].map((name) => ({ name, digest: digestOf(name) }));
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, data: Buffer) => void): void {
    this.size += chunk.length;
    this.md5.update(chunk);
    for (const { digest } of this.digests) digest.update(chunk);
    done(null, chunk);
  }

  result(): Measure {
    const checksums = Object.fromEntries(this.digests.map(({ name, digest }) => [name, digest.base64()]));
    return { size: this.size, md5: this.md5.digest('hex'), checksums };
  }
}

/** Compares a body with everything that its request promised: length, payload hash, Content-MD5 and checksums. */
export function checkPromises(headers: IncomingHttpHeaders, { payloadHash }: Verified, expected: Record<string, string>, measure: Measure): void {
  const length = headers['x-amz-decoded-content-length'] ?? headers['content-length'];
  if (length !== undefined && Number(length) !== measure.size) {
    throw new AwsError(400, 'IncompleteBody', 'You did not provide the number of bytes specified by the Content-Length HTTP header.');
  }
  if (/^[0-9a-f]{64}$/.test(payloadHash) && payloadHash !== Buffer.from(measure.checksums['sha256'] ?? '', 'base64').toString('hex')) {
    throw new AwsError(400, 'XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match what was computed.");
  }
  const md5 = headers['content-md5'];
  if (typeof md5 === 'string' && md5 !== Buffer.from(measure.md5, 'hex').toString('base64')) {
    throw new AwsError(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  for (const [name, value] of Object.entries(expected)) {
    if (measure.checksums[name] !== value) throw new AwsError(400, 'BadDigest', `The ${name.toUpperCase()} you specified did not match the calculated checksum.`);
  }
}
