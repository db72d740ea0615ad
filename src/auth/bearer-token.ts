import type { FastifyRequest } from 'fastify';
import { AppError } from '../common/app-error.js';

export type Bearing = Pick<FastifyRequest, 'headers' | 'raw'>;

/** RFC 6750 §2.1: the header only, never a form or a query, which end up in logs. */
const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/** The token of a request; undefined when there is none, or when two readers could find different ones. */
export function bearerTokenOf({ headers, raw }: Bearing): string | undefined {
  const { authorization } = headers;
  if (authorization === undefined || isRepeated(raw.rawHeaders)) return undefined;
  return BEARER.exec(authorization)?.[1];
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
  /^Bearer +\S/i.test(headers.authorization ?? '')
    ? invalidToken()
    : new AppError('unauthenticated', 'Send an access token.', { headers: { 'WWW-Authenticate': 'Bearer' } });
