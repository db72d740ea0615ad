import { z } from 'zod';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A sign-in that was not seen for so long leaves the list, and its data goes. Cognito's usual life of a refresh token. */
export const SIGN_IN_MS = 30 * DAY_MS;
/** Later sightings are recorded so often at most. */
export const SIGHTING_MS = 5 * MINUTE_MS;
/** The longest that Cognito lets a refresh token live is 3,650 days: an ended sign-in is remembered for longer. */
export const ENDED_MS = 3_660 * DAY_MS;

/** A sign-in that goes on, from its first sighting. Times are RFC 3339 unless it says otherwise. */
export interface SignIn {
  userId: string;
  /** `origin_jti`, else `jti`, else `sub` of its tokens. */
  id: string;
  createdAt: string;
  lastSeenAt: string;
  expiresAt: string;
  userAgent?: string;
  /** Tokens of sign-ins until then (epoch seconds) were refused already when this one was recorded. */
  after: number;
  /** The mark that it was judged by. */
  markId?: string;
}

/** "Everywhere": all sign-ins until `before` have ended, whether they were ever seen or not. */
export interface Mark {
  id: string;
  /** Epoch seconds of the pool's clock, inclusive. */
  before: number;
  /** Since when the account is being erased: no sign-in begins until that is done. RFC 3339. */
  closedAt?: string;
}

/** What decides about a sign-in that is not known. */
export interface Endings {
  mark?: Mark;
  /** Epoch seconds until which sign-ins by this id have ended; absent when none has. */
  endedBefore?: number;
}

const fields = {
  id: z.string(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  userAgent: z.string().optional(),
  current: z.literal(true).optional().meta({ description: 'Present on the sign-in that asks.' }),
};

export const signInView = z.object(fields).meta({ id: 'SignIn' });
export type SignInView = z.infer<typeof signInView>;

export const toView = ({ id, createdAt, lastSeenAt, userAgent }: SignIn, currentId: string): SignInView => ({
  id,
  createdAt,
  lastSeenAt,
  ...(userAgent !== undefined && { userAgent }),
  ...(id === currentId && { current: true as const }),
});

const USER_AGENT_LENGTH = 256;

/** What a client calls itself, made harmless to store and to show; nothing when nothing is left of it. */
export function userAgentOf(header: string | undefined): string | undefined {
  const text = header?.replace(/[^\x20-\x7e]+/g, ' ').trim().slice(0, USER_AGENT_LENGTH);
  return text === '' ? undefined : text;
}
