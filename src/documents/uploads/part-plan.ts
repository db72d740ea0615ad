const MIB = 2 ** 20;

/** Up to this size one PUT; S3 takes parts from 5 MiB and no more than 10,000 of them. */
export const SINGLE_LIMIT = 64 * MIB;
const MAX_PARTS = 10_000;
const USUAL_PART = 16 * MIB;

export const isMultipart = (size: number): boolean => size > SINGLE_LIMIT;

/** Whole MiB, so that 10,000 parts always suffice. */
export const partSizeOf = (size: number): number => Math.max(USUAL_PART, Math.ceil(size / MAX_PARTS / MIB) * MIB);

export const partCountOf = (size: number, partSize: number): number => Math.max(1, Math.ceil(size / partSize));

/** Exact bytes of one part of the plan. */
export const lengthOfPart = (partNumber: number, size: number, partSize: number): number =>
  Math.min(partSize, size - (partNumber - 1) * partSize);
