/**
 * Generated from openapi.json by `npm run openapi`: do not edit.
 */
import type {
  CallOptions,
  Caller,
  Reply
} from '../caller.js';

import type {
  Profile,
  ProfileCard,
  ProfileInput,
  ProfilePage,
  ProfilePatch,
  ProfilesListParams
} from './api.schemas.js';



export const profiles = (api: Caller) => ({
/**
 * @summary Your own profile
 */
  mine: (options?: CallOptions): Promise<Reply<Profile>> =>
    api.call('GET', `/v1/profiles/me`, {}, options),
/**
 * @summary Create your profile, or replace it with If-Match
 */
  put: (body: ProfileInput, options?: CallOptions): Promise<Reply<Profile>> =>
    api.call('PUT', `/v1/profiles/me`, { body }, options),
/**
 * @summary Change parts of your profile
 */
  patch: (body: ProfilePatch, options?: CallOptions): Promise<Reply<Profile>> =>
    api.call('PATCH', `/v1/profiles/me`, { body }, options),
/**
 * @summary A user's public card
 */
  card: (userId: string, options?: CallOptions): Promise<Reply<ProfileCard>> =>
    api.call('GET', `/v1/profiles/${encodeURIComponent(userId)}`, {}, options),
/**
 * @summary Administrators: all profiles, or those with an e-mail address
 */
  list: (query?: ProfilesListParams, options?: CallOptions): Promise<Reply<ProfilePage>> =>
    api.call('GET', `/v1/profiles`, { query }, options),
});
