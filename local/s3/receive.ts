import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AwsError } from '../sigv4.js';
import type { Call } from './call.js';
import { checkFormat, PREFIX, promised } from './checksums.js';
import { ChunkDecoder } from './chunked.js';
import { checkPromises, Meter, type Measure } from './meter.js';

/** Bytes that arrived whole and as promised, in a file of their own; `checksums` are those that the request named. */
export interface Received extends Measure {
  name: string;
}

const STREAMING = /^STREAMING-(UNSIGNED-PAYLOAD|AWS4-HMAC-SHA256-PAYLOAD)(-TRAILER)?$/;

/**
 * Streams a body to disk and checks it against everything that the request promises: length, payload hash, Content-MD5 and
 * checksums in headers or trailers. A body that breaks off or breaks a promise leaves nothing behind.
 */
export async function receive(call: Call): Promise<Received> {
  const { headers } = call.request;
  if (headers['content-length'] === undefined && headers['x-amz-decoded-content-length'] === undefined) {
    throw new AwsError(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  const name = randomUUID();
  const file = call.bucket.fileOf(name);
  try {
    return { name, ...(await store(call, file)) };
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

async function store({ request, verified }: Call, file: string): Promise<Measure> {
  const streaming = STREAMING.exec(verified.payloadHash);
  const trailer = streaming?.[2] ? String(request.headers['x-amz-trailer'] ?? '').toLowerCase() : '';
  const expected = promised(request.headers);
  checkFormat(expected);
  const trailing = trailer.startsWith(PREFIX) ? trailer.slice(PREFIX.length) : undefined;
  const meter = new Meter([...Object.keys(expected), ...(trailing ? [trailing] : [])]);
  const sink = createWriteStream(file, { flags: 'wx' });
  if (streaming) {
    const decoder = new ChunkDecoder(verified, streaming[1] !== 'UNSIGNED-PAYLOAD', trailer !== '');
    await pipeline(bodyOf(request), decoder, meter, sink);
    if (trailing) expected[trailing] = decoder.trailers[trailer] ?? '';
  } else {
    await pipeline(bodyOf(request), meter, sink);
  }
  const measure = meter.result();
  checkPromises(request.headers, verified, expected, measure);
  return { ...measure, checksums: Object.fromEntries(Object.keys(expected).map((name) => [name, measure.checksums[name] ?? ''])) };
}

/** The body apart from its request: a pipeline that fails destroys its source, and with the request the answer would go. */
function bodyOf(request: IncomingMessage): PassThrough {
  const body = request.pipe(new PassThrough());
  request.once('error', (error) => body.destroy(error));
  request.once('close', () => {
    if (!request.complete) body.destroy(new AwsError(400, 'RequestTimeout', 'The connection closed before the body was complete.'));
  });
  return body;
}
