import { z } from 'zod';
import { etagOf } from '../common/preconditions.js';
import { line } from '../common/text.js';
import { mediaType } from './uploads/media-type.js';

/** Half of a surrogate pair is no character: stores and file systems replace it silently. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** One line of text in Unicode NFC, so that what looks the same is the same. */
const label = (max: number) =>
  z
    .string()
    .normalize('NFC')
    .refine((text) => !LONE_SURROGATE.test(text), 'must be well-formed Unicode')
    .superRefine((text, context) => {
      const result = line(1, max).safeParse(text);
      for (const issue of result.error?.issues ?? []) context.addIssue({ code: 'custom', message: issue.message });
    })
    .meta({ minLength: 1, maxLength: max });

/** A file's name as people see it; it has no path meaning, and no key is ever built from it. */
const documentName = label(255)
  .refine((name) => !/[/\\]/.test(name), 'must not contain / or \\')
  .refine((name) => name !== '.' && name !== '..', 'must not be . or ..')
  .meta({ minLength: 1, maxLength: 255, example: 'report.pdf' });

export const folder = label(255).meta({ minLength: 1, maxLength: 255, example: 'invoices/2026' });
export const tag = label(50).meta({ minLength: 1, maxLength: 50 });

const tags = z
  .array(tag)
  .max(10, 'must not have more than 10 tags')
  .refine((list) => new Set(list).size === list.length, 'must not name a tag twice');

const sha256 = z
  .string()
  .regex(/^[A-Za-z0-9+/]{43}=$/, 'must be a SHA-256 in base64')
  .refine((text) => Buffer.from(text, 'base64').toString('base64') === text, 'must be a SHA-256 in base64');

/** What a client promises about bytes that it is going to upload. */
const content = {
  contentType: mediaType,
  size: z.int('must be a whole number of bytes').min(0),
  checksumSha256: sha256.optional(),
};

/** The body of POST /v1/documents. */
export const documentInput = z
  .strictObject({ name: documentName, ...content, folder: folder.optional(), tags: tags.default([]) })
  .meta({ id: 'DocumentInput' });
export type DocumentInput = z.infer<typeof documentInput>;

/** The body of POST /v1/documents/{id}/versions. */
export const contentInput = z.strictObject(content).meta({ id: 'ContentInput' });
export type ContentInput = z.infer<typeof contentInput>;

/** What PATCH may change, and what a patched document must still be. */
export const documentLabels = z.strictObject({ name: documentName, folder: folder.optional(), tags: tags.default([]) });
export type DocumentLabels = z.infer<typeof documentLabels>;

export const documentStatus = z.enum(['pending', 'ready', 'rejected', 'trashed']);
export type DocumentStatus = z.infer<typeof documentStatus>;

export const rejectionReason = z.enum(['aborted', 'expired', 'mismatch']);
export type RejectionReason = z.infer<typeof rejectionReason>;

/** A document as its owner sees it. */
export const document = z
  .object({
    id: z.uuidv7(),
    name: z.string(),
    contentType: z.string(),
    size: z.int(),
    checksumSha256: z.string().optional(),
    folder: z.string().optional(),
    tags: z.array(z.string()),
    status: documentStatus,
    reason: rejectionReason.optional().meta({ description: 'Why it is rejected.' }),
    version: z.int().min(1),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Document' });
export type Document = z.infer<typeof document>;

export const documentEtag = ({ version }: { version: number }): string => etagOf(version);
