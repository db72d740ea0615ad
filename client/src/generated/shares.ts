/**
 * Generated from openapi.json by `npm run openapi`: do not edit.
 */
import type {
  CallOptions,
  Caller,
  Reply
} from '../caller.js';

import type {
  NewShare,
  ShareInput,
  SharePage,
  ShareUnlocking,
  SharedFile,
  SharesListParams
} from './api.schemas.js';



export const shares = (api: Caller) => ({
/**
 * @summary Share a document by a link; the token is told only here
 */
  create: (id: string, body: ShareInput, options?: CallOptions): Promise<Reply<NewShare>> =>
    api.call('POST', `/v1/documents/${encodeURIComponent(id)}/shares`, { body, creates: true }, options),
/**
 * @summary The links that still work, newest first
 */
  list: (id: string, query?: SharesListParams, options?: CallOptions): Promise<Reply<SharePage>> =>
    api.call('GET', `/v1/documents/${encodeURIComponent(id)}/shares`, { query }, options),
/**
 * @summary Revoke a link at once
 */
  revoke: (id: string, shareId: string, options?: CallOptions): Promise<Reply<void>> =>
    api.call('DELETE', `/v1/documents/${encodeURIComponent(id)}/shares/${encodeURIComponent(shareId)}`, {}, options),
/**
 * @summary A shared file
 */
  open: (token: string, options?: CallOptions): Promise<Reply<SharedFile>> =>
    api.call('GET', `/v1/shares/${encodeURIComponent(token)}`, { isPublic: true }, options),
/**
 * @summary A shared file that needs a password
 */
  unlock: (token: string, body?: ShareUnlocking, options?: CallOptions): Promise<Reply<SharedFile>> =>
    api.call('POST', `/v1/shares/${encodeURIComponent(token)}`, { body, isPublic: true }, options),
});
