/**
 * Generated from openapi.json by `npm run openapi`: do not edit.
 */
import type {
  CallOptions,
  Caller,
  Reply
} from '../caller.js';

import type {
  Session,
  SessionData,
  SessionPatch,
  SignInPage,
  SignInsListParams
} from './api.schemas.js';



export const session = (api: Caller) => ({
/**
 * @summary The data of this sign-in; empty until you store some
 */
  get: (options?: CallOptions): Promise<Reply<Session>> =>
    api.call('GET', `/v1/session`, {}, options),
/**
 * @summary Replace the data of this sign-in
 */
  put: (body: SessionData, options?: CallOptions): Promise<Reply<Session>> =>
    api.call('PUT', `/v1/session`, { body }, options),
/**
 * @summary Change parts of the data of this sign-in
 */
  patch: (body: SessionPatch, options?: CallOptions): Promise<Reply<Session>> =>
    api.call('PATCH', `/v1/session`, { body }, options),
/**
 * @summary Sign out: the tokens of this sign-in are refused from now on
 */
  signOut: (options?: CallOptions): Promise<Reply<void>> =>
    api.call('DELETE', `/v1/session`, {}, options),
/**
 * @summary Your active sign-ins, the latest first
 */
  list: (query?: SignInsListParams, options?: CallOptions): Promise<Reply<SignInPage>> =>
    api.call('GET', `/v1/sessions`, { query }, options),
/**
 * @summary Sign out everywhere: every token that was issued until now is refused
 */
  endAll: (options?: CallOptions): Promise<Reply<void>> =>
    api.call('DELETE', `/v1/sessions`, {}, options),
/**
 * @summary End one sign-in
 */
  end: (id: string, options?: CallOptions): Promise<Reply<void>> =>
    api.call('DELETE', `/v1/sessions/${encodeURIComponent(id)}`, {}, options),
});
