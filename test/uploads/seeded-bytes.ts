import { createCipheriv, createHash } from 'node:crypto';

const CHUNK = 2 ** 20;
const BLOCK = 16;

/** Bytes without end that are the same for the same seed, from any offset that is a multiple of 16, made as they are read. */
export class SeededBytes {
  private readonly key: Buffer;

  constructor(
    seed: string,
    readonly size: number,
  ) {
    this.key = createHash('sha256').update(seed).digest();
  }

  /** `length` bytes from `offset`, no more than a MiB of them in memory. */
  *read(offset = 0, length = this.size - offset): Generator<Buffer> {
    const counter = Buffer.alloc(BLOCK);
    counter.writeBigUInt64BE(BigInt(offset / BLOCK), 8);
    const stream = createCipheriv('aes-256-ctr', this.key, counter);
    for (let left = length; left > 0; left -= CHUNK) yield stream.update(Buffer.alloc(Math.min(CHUNK, left)));
  }

  async sha256(): Promise<string> {
    return sha256Of(this.read());
  }
}

export async function sha256Of(bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of bytes) hash.update(chunk);
  return hash.digest('hex');
}
