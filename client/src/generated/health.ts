/**
 * Generated from openapi.json by `npm run openapi`: do not edit.
 */
import type {
  CallOptions,
  Caller,
  Reply
} from '../caller.js';

import type {
  Health
} from './api.schemas.js';



export const health = (api: Caller) => ({
/**
 * @summary The process answers
 */
  live: (options?: CallOptions): Promise<Reply<Health>> =>
    api.call('GET', `/health/live`, { isPublic: true }, options),
/**
 * @summary The process wants requests
 */
  ready: (options?: CallOptions): Promise<Reply<Health>> =>
    api.call('GET', `/health/ready`, { isPublic: true }, options),
});
