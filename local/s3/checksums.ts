import { createHash } from 'node:crypto';
import * as zlib from 'node:zlib';

/** Running digest over a stream of bytes. */
interface Digest {
  update(chunk: Buffer): void;
  base64(): string;
}

const TABLE = Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value >>> 0;
});

const crc32c = (chunk: Buffer, previous: number): number => {
  let crc = ~previous >>> 0;
  for (const byte of chunk) crc = ((TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8)) >>> 0;
  return ~crc >>> 0;
};

const crcDigest = (step: (chunk: Buffer, previous: number) => number): Digest => {
  let value = 0;
  return {
    update: (chunk) => void (value = step(chunk, value)),
    base64: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value >>> 0);
      return bytes.toString('base64');
    },
  };
};

const hashDigest = (algorithm: string): Digest => {
  const hash = createHash(algorithm);
  return { update: (chunk) => void hash.update(chunk), base64: () => hash.digest('base64') };
};

/** The checksums of S3 that Node can compute, by the last part of their header's name. */
const ALGORITHMS: Record<string, () => Digest> = {
  sha256: () => hashDigest('sha256'),
  sha1: () => hashDigest('sha1'),
  crc32c: () => crcDigest(crc32c),
  ...('crc32' in zlib && { crc32: () => crcDigest((zlib as unknown as { crc32: (chunk: Buffer, previous: number) => number }).crc32) }),
};

export const PREFIX = 'x-amz-checksum-';
export const isKnown = (algorithm: string): boolean => algorithm in ALGORITHMS;
export const digestOf = (algorithm: string): Digest | undefined => ALGORITHMS[algorithm]?.();

/** Checksums that a request promises in its headers, by algorithm. */
export function promised(headers: Record<string, unknown>): Record<string, string> {
  const found = Object.entries(headers).filter(([name]) => name.startsWith(PREFIX) && isKnown(name.slice(PREFIX.length)));
  return Object.fromEntries(found.map(([name, value]) => [name.slice(PREFIX.length), String(value)]));
}
