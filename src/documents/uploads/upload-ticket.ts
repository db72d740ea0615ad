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

export async function ticketFor(document: StoredDocument, files: FileStore, clock: Clock): Promise<UploadTicket> {
  const { size, partSize } = document.upload;
  if (partSize !== undefined) {
    const expiresAt = clock.timestamp(clock.now() + UPLOAD_SECONDS * 1_000);
    return { strategy: 'multipart', partSize, partCount: partCountOf(size, partSize), expiresAt };
  }
  const { url, headers, expiresAt } = await files.signUpload(uploadKeyOf(document), document.upload);
  return { strategy: 'single', method: 'PUT', url, headers, expiresAt };
}
