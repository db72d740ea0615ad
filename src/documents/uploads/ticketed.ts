import { z } from 'zod';
import type { Creation } from '../../idempotency/idempotency.js';
import type { Kept } from '../../idempotency/receipt.js';
import { document, documentEtag, type Document } from '../document.js';
import { toDocument, type StoredDocument, type Upload } from '../stored-document.js';
import { uploadTicket } from './upload-ticket.js';
import type { ReceiptOf, Ticketed, UploadsService } from './uploads.service.js';

export const ticketed = z.object({ document, upload: uploadTicket }).meta({ id: 'DocumentWithTicket' });
export type TicketedBody = z.infer<typeof ticketed>;

/** A ticket lets its holder write: kept is only what another is made of. */
interface KeptUpload {
  document: Document;
  upload: Upload;
}

const keptOf = (stored: StoredDocument): Kept<KeptUpload> => ({
  status: 201,
  headers: { location: `/v1/documents/${stored.id}`, etag: documentEtag(stored) },
  body: { document: toDocument(stored), upload: stored.upload },
});

/** The creating request that begins an upload and answers with a ticket for it. */
export const ticketedCreation = (
  uploads: UploadsService,
  userId: string,
  begin: (receiptOf: ReceiptOf) => Promise<Ticketed>,
): Creation<KeptUpload, TicketedBody> => ({
  async first(remember) {
    const { document: stored, upload } = await begin((begun) => remember(keptOf(begun)));
    return { document: toDocument(stored), upload };
  },
  async again({ body: { document: first, upload } }) {
    return { document: first, upload: await uploads.ticketAgain({ userId, id: first.id, upload }) };
  },
});
