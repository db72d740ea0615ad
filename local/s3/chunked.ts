import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { AwsError, hmac, isSame, sha256Hex, type Verified } from '../sigv4.js';

const EMPTY = sha256Hex('');
const MAX_LINE = 1_024;
const TRAILER_SIGNATURE = 'x-amz-trailer-signature';

const malformed = (): AwsError => new AwsError(400, 'IncompleteBody', 'The request body is not a valid aws-chunked stream.');

/**
 * Decodes `Content-Encoding: aws-chunked`, verifying each chunk's signature where the payload is signed, and collects the
 * trailers. Source: AWS, "Signature calculations: transferring a payload in multiple chunks".
 */
export class ChunkDecoder extends Transform {
  readonly trailers: Record<string, string> = {};
  private buffered: Buffer = Buffer.alloc(0);
  private remaining = 0;
  private state: 'size' | 'data' | 'end-of-chunk' | 'trailers' = 'size';
  private chunkSignature = '';
  private chunkHash = createHash('sha256');
  private trailerText = '';
  private previous: string;

  constructor(
    private readonly verified: Verified,
    private readonly isSigned: boolean,
    private readonly hasTrailer: boolean,
  ) {
    super();
    this.previous = verified.signature;
  }

  override _transform(data: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.buffered = this.buffered.length === 0 ? data : Buffer.concat([this.buffered, data]);
      while (this.step());
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    try {
      if (this.state !== 'trailers') throw malformed();
      if (this.isSigned && this.hasTrailer) this.verifyTrailer();
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  /** Consumes one piece of the buffer; false when more bytes are needed. */
  private step(): boolean {
    if (this.state === 'data') return this.takeData();
    const end = this.buffered.indexOf('\r\n');
    if (end < 0) {
      if (this.buffered.length > MAX_LINE) throw malformed();
      return false;
    }
    const line = this.buffered.subarray(0, end).toString('latin1');
    this.buffered = this.buffered.subarray(end + 2);
    if (this.state === 'size') this.startChunk(line);
    else if (this.state === 'end-of-chunk') this.endChunk(line);
    else if (line !== '') this.takeTrailer(line);
    return this.buffered.length > 0;
  }

  private startChunk(line: string): void {
    const match = /^([0-9a-f]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(line);
    if (!match || (this.isSigned && !match[2])) throw malformed();
    this.remaining = Number.parseInt(match[1] ?? '', 16);
    this.chunkSignature = match[2] ?? '';
    this.chunkHash = createHash('sha256');
    if (this.remaining > 0) {
      this.state = 'data';
      return;
    }
    this.verifyChunk();
    this.state = 'trailers';
  }

  private takeData(): boolean {
    const piece = this.buffered.subarray(0, this.remaining);
    if (piece.length === 0) return false;
    this.buffered = this.buffered.subarray(piece.length);
    this.remaining -= piece.length;
    if (this.isSigned) this.chunkHash.update(piece);
    this.push(piece);
    if (this.remaining === 0) this.state = 'end-of-chunk';
    return this.buffered.length > 0;
  }

  private endChunk(line: string): void {
    if (line !== '') throw malformed();
    this.verifyChunk();
    this.state = 'size';
  }

  private verifyChunk(): void {
    if (!this.isSigned) return;
    this.verify('PAYLOAD', [EMPTY, this.chunkHash.digest('hex')], this.chunkSignature);
  }

  private verifyTrailer(): void {
    this.verify('TRAILER', [sha256Hex(this.trailerText)], this.trailers[TRAILER_SIGNATURE] ?? '');
  }

  private verify(kind: string, hashes: string[], signature: string): void {
    const { timestamp, scope, signingKey } = this.verified;
    const toSign = [`AWS4-HMAC-SHA256-${kind}`, timestamp, scope, this.previous, ...hashes].join('\n');
    const expected = hmac(signingKey, toSign).toString('hex');
    if (!isSame(expected, signature)) throw new AwsError(403, 'SignatureDoesNotMatch', 'The signature of a chunk does not match.');
    this.previous = expected;
  }

  private takeTrailer(line: string): void {
    const colon = line.indexOf(':');
    if (colon < 1) throw malformed();
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    this.trailers[name] = value;
    if (name !== TRAILER_SIGNATURE) this.trailerText += `${name}:${value}\n`;
  }
}
