import { createHash } from 'node:crypto';
import * as zlib from 'node:zlib';
import { AwsError } from '../sigv4.js';

/** Running digest over a stream of bytes. */
export interface Digest {
  update(chunk: Buffer): void;
  base64(): string;
}

const tableOf = (polynomial: number): number[] =>
  Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value >>> 0;
  });

type Crc = (chunk: Buffer, previous: number) => number;

function crcBy(polynomial: number): Crc {
  const table = tableOf(polynomial);
  return (chunk, previous) => {
    let crc = ~previous >>> 0;
    for (const byte of chunk) crc = ((table[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8)) >>> 0;
    return ~crc >>> 0;
  };
}

const { crc32 = crcBy(0xedb88320) } = zlib as unknown as { crc32?: Crc };
const crc32c = crcBy(0x82f63b78);

const crcDigest = (step: Crc): Digest => {
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

/** S3's checksums by the last part of their header's name, with their length in bytes. CRC64NVME is not offered here. */
const ALGORITHMS: Record<string, { length: number; start: () => Digest }> = {
  sha256: { length: 32, start: () => hashDigest('sha256') },
  sha1: { length: 20, start: () => hashDigest('sha1') },
  crc32: { length: 4, start: () => crcDigest(crc32) },
  crc32c: { length: 4, start: () => crcDigest(crc32c) },
};

export const PREFIX = 'x-amz-checksum-';
const NOT_CHECKSUMS = ['algorithm', 'mode', 'type'];

export function digestOf(algorithm: string): Digest {
  const known = ALGORITHMS[algorithm];
  if (!known) throw new AwsError(501, 'NotImplemented', `The embedded S3 does not compute ${algorithm}.`);
  return known.start();
}

/** The checksum that a request promises in its headers, by algorithm: none or one. */
export function promised(headers: Record<string, unknown>): Record<string, string> {
  const found = Object.entries(headers)
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([name, value]) => [name.slice(PREFIX.length), String(value)] as const)
    .filter(([name]) => !NOT_CHECKSUMS.includes(name));
  if (found.length > 1) throw new AwsError(400, 'InvalidRequest', 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
  return Object.fromEntries(found);
}

/** A checksum that could never be right is refused before any byte is read. A composite one ends in the number of parts. */
export function checkFormat(checksums: Record<string, string>): void {
  for (const [name, value] of Object.entries(checksums)) {
    digestOf(name);
    const bytes = value.replace(/-\d+$/, '');
    const decoded = Buffer.from(bytes, 'base64');
    if (decoded.length !== ALGORITHMS[name]?.length || decoded.toString('base64') !== bytes) {
      throw new AwsError(400, 'InvalidRequest', `Value for ${PREFIX}${name} header is invalid.`);
    }
  }
}
