import { z } from 'zod';
import type { Clock } from '../../common/clock.js';
import { uploadKeyOf } from './upload-state.js';
import type { StoredDocument } from '../stored-document.js';
import { UPLOAD_SECONDS, type FileStore } from './file-store.js';
import { partCountOf } from './part-plan.js';

const single = z.object({
  strategy: z.literal('single'),
  method: z.literal('PUT'),
  url: z.url(),
  headers: z.record(z.string(), z.string()).meta({ description: 'Send exactly these, and the bytes as the body.' }),
  expiresAt: z.iso.datetime(),
});
const multipart = z.object({
  strategy: z.literal('multipart'),
  partSize: z.int(),
  partCount: z.int(),
  expiresAt: z.iso.datetime(),
});

/** How to send the bytes. Ask again for another when it has expired. */
export const uploadTicket = z.discriminatedUnion('strategy', [single, multipart]).meta({ id: 'UploadTicket' });
export type UploadTicket = z.infer<typeof uploadTicket>;

/** An upload as it was begun. */
export type BegunUpload = Pick<StoredDocument, 'userId' | 'id' | 'upload'>;

/** A ticket that is given out now, or one that ends like one given out at `from` (milliseconds since the epoch). */
export async function ticketFor(begun: BegunUpload, files: FileStore, clock: Clock, from?: number): Promise<UploadTicket> {
  const { size, partSize } = begun.upload;
  if (partSize !== undefined) {
    const expiresAt = clock.timestamp((from ?? clock.now()) + UPLOAD_SECONDS * 1_000);
    return { strategy: 'multipart', partSize, partCount: partCountOf(size, partSize), expiresAt };
  }
  const { url, headers, expiresAt } = await files.signUpload(uploadKeyOf(begun), begun.upload, from);
  return { strategy: 'single', method: 'PUT', url, headers, expiresAt };
}
