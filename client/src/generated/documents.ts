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
  DocumentPage,
  DocumentPatch,
  DocumentUsage,
  DocumentsListParams,
  DocumentsRemoveParams,
  Download,
  DownloadsDownloadParams
} from './api.schemas.js';



export const documents = (api: Caller) => ({
/**
 * @summary Your documents, newest first; trash only with status=trashed
 */
  list: (query?: DocumentsListParams, options?: CallOptions): Promise<Reply<DocumentPage>> =>
    api.call('GET', `/v1/documents`, { query }, options),
/**
 * @summary What you keep, and what you may keep
 */
  usage: (options?: CallOptions): Promise<Reply<DocumentUsage>> =>
    api.call('GET', `/v1/documents/usage`, {}, options),
/**
 * @summary One document
 */
  get: (id: string, options?: CallOptions): Promise<Reply<Document>> =>
    api.call('GET', `/v1/documents/${encodeURIComponent(id)}`, {}, options),
/**
 * @summary Rename, move or retag a document
 */
  patch: (id: string, body: DocumentPatch, options?: CallOptions): Promise<Reply<Document>> =>
    api.call('PATCH', `/v1/documents/${encodeURIComponent(id)}`, { body }, options),
/**
 * @summary Move a document to the trash, or with permanent=true remove it from there for good
 */
  remove: (id: string, query?: DocumentsRemoveParams, options?: CallOptions): Promise<Reply<void>> =>
    api.call('DELETE', `/v1/documents/${encodeURIComponent(id)}`, { query }, options),
/**
 * @summary Take a document out of the trash
 */
  restore: (id: string, options?: CallOptions): Promise<Reply<Document>> =>
    api.call('POST', `/v1/documents/${encodeURIComponent(id)}/restore`, {}, options),
/**
 * @summary A short-lived address of the bytes
 */
  download: (id: string, query?: DownloadsDownloadParams, options?: CallOptions): Promise<Reply<Download>> =>
    api.call('GET', `/v1/documents/${encodeURIComponent(id)}/download`, { query }, options),
});
