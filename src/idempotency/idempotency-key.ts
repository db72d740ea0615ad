import type { IncomingMessage } from 'node:http';
import { AppError } from '../common/app-error.js';

const HEADER = 'idempotency-key';

/** Printable ASCII; a space at either end is no part of a header's value (RFC 9110 §5.5). */
const PRINTABLE = /^[\x20-\x7e]{1,255}$/;

/** The request's Idempotency-Key, if any. Throws `AppError('validation')` for a malformed one, and for two of them. */
export function idempotencyKeyOf({ headers, rawHeaders }: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): string | undefined {
  const key = headers[HEADER];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !PRINTABLE.test(key)) throw malformed('must be 1 to 255 printable ASCII characters');
  // Node joins repeated headers with a comma.
  if (key.includes(', ') && countOf(rawHeaders) > 1) throw malformed('must be sent once');
  return key;
}

const countOf = (rawHeaders: string[]): number =>
  rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === HEADER).length;

const malformed = (detail: string): AppError => new AppError('validation', `The Idempotency-Key header ${detail}.`);
