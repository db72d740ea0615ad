import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Secrets } from './secrets.js';
import { AppError } from './app-error.js';

const MAC_BYTES = 16;

/**
 * Opaque, signed page cursors. A cursor is bound to the user and the query that it was made for, and is good on any task:
 * the signing keys come from Secrets Manager, and what the previous key signed stays valid through a rotation.
 */
@Injectable()
export class Cursors {
  constructor(private readonly secrets: Secrets) {}

  /** `position` is where the next page starts: an adapter's own value, JSON-serialisable. */
  seal(position: unknown, scope: CursorScope): string {
    const payload = Buffer.from(JSON.stringify(position));
    const mac = macOf(this.secrets.current().signingKeys.current, payload, scope);
    return Buffer.concat([mac, payload]).toString('base64url');
  }

  /** Throws `AppError('validation')` for a cursor that is forged, damaged, or another user's or query's. */
  open<T>(cursor: string, scope: CursorScope): T {
    const bytes = Buffer.from(cursor, 'base64url');
    const mac = bytes.subarray(0, MAC_BYTES);
    const payload = bytes.subarray(MAC_BYTES);
    const { current, previous } = this.secrets.current().signingKeys;
    const isOurs = [current, previous].some(
      (key) => key && mac.length === MAC_BYTES && timingSafeEqual(mac, macOf(key, payload, scope)),
    );
    if (!isOurs || bytes.toString('base64url') !== cursor) throw notOurs();
    return JSON.parse(payload.toString('utf8')) as T;
  }
}

export interface CursorScope {
  userId: string;
  /** Names the list and its filters. */
  query: unknown;
}

const notOurs = (): AppError =>
  new AppError('validation', 'The cursor is not valid for this list. Start again without it.', {
    errors: [{ pointer: '/cursor', detail: 'is not a cursor of this list' }],
  });

const macOf = (key: Buffer, payload: Buffer, scope: CursorScope): Buffer =>
  createHmac('sha256', key)
    .update(JSON.stringify(['cursor', scope.userId, scope.query]))
    .update('\0')
    .update(payload)
    .digest()
    .subarray(0, MAC_BYTES);
