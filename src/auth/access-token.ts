import { z } from 'zod';
import type { User } from './current-user.js';

export const MAX_TOKEN_LENGTH = 8_192;
/** Seconds that the pool's clock may be ahead of ours. None are added to `exp`: no token is used beyond its end. */
const NOT_BEFORE_TOLERANCE = 5;

/** RFC 7515 §7.1, with a signature. */
const COMPACT = /^([\w-]+)\.[\w-]+\.[\w-]+$/;

/** RFC 7515 §4: what we use of a header. `jku`, `x5u` and `jwk` are not even looked at; we understand no `crit`. */
const header = z.object({ alg: z.literal('RS256'), kid: z.string().min(1).max(256), crit: z.never().optional() });

const name = z.string().min(1).max(255);
const claims = z.object({
  iss: z.string(),
  sub: name,
  token_use: z.literal('access'),
  client_id: z.string(),
  exp: z.number(),
  nbf: z.number().optional(),
  iat: z.number().optional(),
  auth_time: z.number().optional(),
  jti: name.optional(),
  origin_jti: name.optional(),
  username: name.optional(),
  'cognito:groups': z.array(z.string()).optional(),
});

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The `kid` of a token that may be worth verifying; undefined for everything that never can be. */
export function keyIdOf(token: string): string | undefined {
  const encoded = token.length <= MAX_TOKEN_LENGTH ? COMPACT.exec(token)?.[1] : undefined;
  if (encoded === undefined) return undefined;
  const parsed = header.safeParse(decode(encoded));
  return parsed.success ? parsed.data.kid : undefined;
}

function decode(encoded: string): unknown {
  try {
    return JSON.parse(utf8.decode(Buffer.from(encoded, 'base64url')));
  } catch {
    return undefined;
  }
}

/** What a token must say, beside being signed by the pool. */
export interface TokenRules {
  issuer: string;
  clientId: string;
}

/**
 * The user of a token whose signature was verified; undefined when it is not a current access token of this app client.
 * `now` is in milliseconds. Source: Amazon Cognito, "Understanding the access token".
 */
export function userOf(payload: unknown, { issuer, clientId }: TokenRules, now: number, token: string): User | undefined {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) return undefined;
  const { data } = parsed;
  if (data.iss !== issuer || data.client_id !== clientId) return undefined;
  if (now >= data.exp * 1_000 || (data.nbf ?? 0) > now / 1_000 + NOT_BEFORE_TOLERANCE) return undefined;
  const groups = data['cognito:groups'] ?? [];
  const user = {
    userId: data.sub,
    signInId: data.origin_jti ?? data.jti ?? data.sub,
    username: data.username ?? data.sub,
    groups,
    isAdmin: groups.includes('admin'),
    issuedAt: data.iat ?? 0,
    authTime: data.auth_time,
    expiresAt: data.exp,
    token,
  };
  return Object.defineProperty(user, 'token', { enumerable: false });
}
