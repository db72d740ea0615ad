import type { FastifyRequest } from 'fastify';
import { AppError } from '../common/app-error.js';

export type Bearing = Pick<FastifyRequest, 'headers' | 'raw'>;

const SCHEME = /^Bearer +/i;

/**
 * The token of a request; undefined when there is none, or when two readers could find different ones. Only the header counts
 * (RFC 6750 §2.1), never a form or a query, which end up in logs. Whether it looks like a token is left to `keyIdOf`: most are
 * remembered ones, and need no look.
 */
export function bearerTokenOf({ headers, raw }: Bearing): string | undefined {
  const { authorization } = headers;
  if (authorization === undefined || isRepeated(raw.rawHeaders)) return undefined;
  const scheme = SCHEME.exec(authorization);
  return scheme ? authorization.slice(scheme[0].length) : undefined;
}

/** Node keeps the first of several; a proxy in front may have judged another. */
function isRepeated(rawHeaders: string[]): boolean {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length === 13 && name.toLowerCase() === 'authorization') count += 1;
  }
  return count > 1;
}

export const invalidToken = (): AppError =>
  new AppError('unauthenticated', 'The access token is not valid.', {
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  });

/** RFC 6750 §3: a request without a token is only told the scheme. */
export const noUsableToken = ({ headers }: Bearing): AppError =>
  SCHEME.test(headers.authorization ?? '')
    ? invalidToken()
    : new AppError('unauthenticated', 'Send an access token.', { headers: { 'WWW-Authenticate': 'Bearer' } });
