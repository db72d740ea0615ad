import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Bucket } from './bucket.js';
import type { Piece } from './objects.js';

/** Byte positions, both included. */
export interface Range {
  start: number;
  end: number;
}

function slicesOf(pieces: Piece[], { start, end }: Range) {
  let offset = 0;
  return pieces.flatMap(({ name, size }) => {
    const slice = { name, start: Math.max(start - offset, 0), end: Math.min(end - offset, size - 1) };
    offset += size;
    return slice.start <= slice.end ? [slice] : [];
  });
}

/** The bytes of a range, streamed. The first file is open when this resolves: a removal that comes later does no harm. */
export async function openRange(bucket: Bucket, pieces: Piece[], range: Range): Promise<Readable> {
  const [first, ...rest] = slicesOf(pieces, range);
  if (!first) return Readable.from([]);
  const stream = (await open(bucket.fileOf(first.name))).createReadStream(first);
  if (rest.length === 0) return stream;
  const inTurn = async function* () {
    yield* stream as AsyncIterable<Buffer>;
    for (const { name, start, end } of rest) yield* createReadStream(bucket.fileOf(name), { start, end }) as AsyncIterable<Buffer>;
  };
  return Readable.from(inTurn(), { objectMode: false });
}
