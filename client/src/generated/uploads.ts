/**
 * Generated from openapi.json by `npm run openapi`: do not edit.
 */
import type {
  CallOptions,
  Caller,
  Reply
} from '../caller.js';

import type {
  Document,
  DocumentInput,
  DocumentWithTicket,
  NewTicket,
  PartsRequest,
  SignRequest,
  SignedParts,
  SignedRequest,
  StoredParts,
  UploadCompletion
} from './api.schemas.js';



export const uploads = (api: Caller) => ({
/**
 * @summary Promise a document and get the ticket to upload its bytes
 */
  create: (body: DocumentInput, options?: CallOptions): Promise<Reply<DocumentWithTicket>> =>
    api.call('POST', `/v1/documents`, { body, creates: true }, options),
/**
 * @summary Another ticket for an upload under way
 */
  ticket: (id: string, options?: CallOptions): Promise<Reply<NewTicket>> =>
    api.call('POST', `/v1/documents/${encodeURIComponent(id)}/upload`, {}, options),
/**
 * @summary Abort an upload
 */
  abort: (id: string, options?: CallOptions): Promise<Reply<void>> =>
    api.call('DELETE', `/v1/documents/${encodeURIComponent(id)}/upload`, {}, options),
/**
 * @summary Signed URLs for up to 1,000 parts
 */
  signParts: (id: string, body: PartsRequest, options?: CallOptions): Promise<Reply<SignedParts>> =>
    api.call('POST', `/v1/documents/${encodeURIComponent(id)}/upload/parts`, { body }, options),
/**
 * @summary Parts that are stored, to resume from
 */
  storedParts: (id: string, options?: CallOptions): Promise<Reply<StoredParts>> =>
    api.call('GET', `/v1/documents/${encodeURIComponent(id)}/upload/parts`, {}, options),
/**
 * @summary Verify the uploaded bytes and publish the document
 */
  complete: (id: string, body?: UploadCompletion, options?: CallOptions): Promise<Reply<Document>> =>
    api.call('POST', `/v1/documents/${encodeURIComponent(id)}/upload/complete`, { body }, options),
/**
 * @summary The signRequest contract of Uppy's S3 plugin, for your open uploads
 */
  sign: (body: SignRequest, options?: CallOptions): Promise<Reply<SignedRequest>> =>
    api.call('POST', `/v1/uploads/sign`, { body }, options),
});
