/**
 * Generated from openapi.json by `npm run openapi`: do not edit.
 */
import type {
  CallOptions,
  Caller,
  Reply
} from '../caller.js';

import type {
  AccountExport
} from './api.schemas.js';



export const account = (api: Caller) => ({
/**
 * @summary All that we hold on you, as one JSON document with addresses of your files
 */
  export: (options?: CallOptions): Promise<Reply<AccountExport>> =>
    api.call('GET', `/v1/account/export`, {}, options),
/**
 * @summary Erase your account: sign out everywhere, and remove all that we hold on you
 */
  erase: (options?: CallOptions): Promise<Reply<void>> =>
    api.call('DELETE', `/v1/account`, {}, options),
});
