import { z } from 'zod';
import type { User } from './current-user.js';

export const MAX_TOKEN_LENGTH = 8_192;

/** RFC 7515 §4: what we use of a header. `jku`, `x5u` and `jwk` are not even looked at. */
const header = z.looseObject({ alg: z.literal('RS256'), kid: z.string().min(1).max(256), crit: z.never().optional() });

const claims = z.looseObject({
  sub: z.string().min(1).max(255),
  token_use: z.literal('access'),
  client_id: z.string(),
  iat: z.number(),
  exp: z.number(),
  auth_time: z.number().optional(),
  jti: z.string().min(1).max(255).optional(),
  origin_jti: z.string().min(1).max(255).optional(),
  'cognito:groups': z.array(z.string()).optional(),
});
export type AccessTokenClaims = z.infer<typeof claims>;

/** The `kid` of a token that may be worth verifying; undefined for everything that never can be. */
export function keyIdOf(token: string): string | undefined {
  const [encoded, , , surplus] = token.split('.', 4);
  if (surplus !== undefined || token.length > MAX_TOKEN_LENGTH) return undefined;
  const parsed = header.safeParse(decode(encoded ?? ''));
  return parsed.success ? parsed.data.kid : undefined;
}

function decode(encoded: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(encoded, 'base64url')));
  } catch {
    return undefined;
  }
}

/**
 * The user of a token whose signature, issuer and times were verified; undefined when it is not an access token of this
 * app client. Source: Amazon Cognito, "Understanding the access token".
 */
export function userOf(payload: unknown, clientId: string): User | undefined {
  const parsed = claims.safeParse(payload);
  if (!parsed.success || parsed.data.client_id !== clientId) return undefined;
  const { sub, jti, origin_jti: originJti, auth_time: authTime, iat, exp } = parsed.data;
  const groups = parsed.data['cognito:groups'] ?? [];
  return {
    userId: sub,
    signInId: originJti ?? jti ?? sub,
    groups,
    isAdmin: groups.includes('admin'),
    signedInAt: authTime ?? iat,
    expiresAt: exp,
  };
}
