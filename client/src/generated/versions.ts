/**
 * Generated from openapi.json by `npm run openapi`: do not edit.
 */
import type {
  CallOptions,
  Caller,
  Reply
} from '../caller.js';

import type {
  ContentInput,
  DocumentHistory,
  DocumentWithTicket
} from './api.schemas.js';



export const versions = (api: Caller) => ({
/**
 * @summary Promise new content and get the ticket to upload it
 */
  begin: (id: string, body: ContentInput, options?: CallOptions): Promise<Reply<DocumentWithTicket>> =>
    api.call('POST', `/v1/documents/${encodeURIComponent(id)}/versions`, { body, creates: true }, options),
/**
 * @summary The versions kept, newest first
 */
  list: (id: string, options?: CallOptions): Promise<Reply<DocumentHistory>> =>
    api.call('GET', `/v1/documents/${encodeURIComponent(id)}/versions`, {}, options),
});
