import { z } from 'zod';

const key = z.string().min(1).max(1_024).meta({ description: "A document's id, or the key of an earlier answer." });
const uploadId = z.string().min(1).max(1_024);
const partNumber = z.int().min(1).max(10_000);
const hints = { key, contentType: z.string().max(255).optional(), expiresIn: z.number().optional() };

/** What Uppy's S3 plugin asks its `signRequest` for (@uppy/aws-s3 6, `PresignableRequest`). */
export const signRequest = z
  .union([
    z.strictObject({ ...hints, method: z.literal('PUT') }),
    z.strictObject({ ...hints, method: z.literal('PUT'), uploadId, partNumber }),
    z.strictObject({ ...hints, method: z.literal('POST'), uploadId: uploadId.optional() }),
    z.strictObject({ ...hints, method: z.enum(['GET', 'DELETE']), uploadId }),
  ])
  .meta({ id: 'SignRequest' });
export type SignRequest = z.infer<typeof signRequest>;

/** Uppy's `PresignedResponse`. */
export const signed = z
  .object({ url: z.url(), key: z.string(), headers: z.record(z.string(), z.string()) })
  .meta({ id: 'SignedRequest' });
export type Signed = z.infer<typeof signed>;
