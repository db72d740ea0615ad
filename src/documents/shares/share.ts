import { z } from 'zod';

export const LONGEST_SECONDS = 7 * 24 * 60 * 60;
export const USUAL_SECONDS = 24 * 60 * 60;

const password = z.string().min(1, 'must not be empty').max(256, 'must not be longer than 256');

/** The body of POST /v1/documents/{id}/shares. */
export const shareInput = z
  .strictObject({
    expiresAt: z.iso.datetime({ offset: true }).optional(),
    expiresIn: z.int().min(1).max(LONGEST_SECONDS).optional().meta({ description: 'Seconds from now; a day when nothing is said.' }),
    password: password.optional(),
    maxDownloads: z.int().min(1).max(1_000_000).optional(),
  })
  .refine(({ expiresAt, expiresIn }) => expiresAt === undefined || expiresIn === undefined, {
    path: ['expiresIn'],
    error: 'must not be given together with expiresAt',
  })
  .meta({ id: 'ShareInput' });
export type ShareInput = z.infer<typeof shareInput>;

const fields = {
  id: z.uuidv7(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  hasPassword: z.boolean(),
  maxDownloads: z.int().optional(),
  downloads: z.int(),
};

export const share = z.object(fields).meta({ id: 'Share' });
export type Share = z.infer<typeof share>;

/** The only answer that tells the token. */
export const newShare = z.object({ ...fields, token: z.string(), url: z.url() }).meta({ id: 'NewShare' });
export type NewShare = z.infer<typeof newShare>;

/** What the holder of a link learns about a document. */
export const sharedFile = z
  .object({ name: z.string(), contentType: z.string(), size: z.int(), url: z.url(), expiresAt: z.iso.datetime() })
  .meta({ id: 'SharedFile' });
export type SharedFile = z.infer<typeof sharedFile>;

export const unlocking = z.strictObject({ password: password.optional() }).optional().meta({ id: 'ShareUnlocking' });

/** A share as it is stored: never its token, only the token's SHA-256, and of a password only a hash that is slow to guess. */
export interface StoredShare {
  id: string;
  tokenHash: string;
  userId: string;
  documentId: string;
  createdAt: string;
  expiresAt: string;
  passwordHash?: string;
  maxDownloads?: number;
  downloads: number;
  isRevoked?: boolean;
}

export const toShare = ({ id, createdAt, expiresAt, passwordHash, maxDownloads, downloads }: StoredShare): Share => ({
  id,
  createdAt,
  expiresAt,
  hasPassword: passwordHash !== undefined,
  ...(maxDownloads !== undefined && { maxDownloads }),
  downloads,
});
