import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Secrets, type SigningKeys } from './secrets.js';
import { AppError } from './app-error.js';

const ID_BYTES = 4;
const MAC_BYTES = 16;

/**
 * Opaque, signed page cursors: id of the key, MAC, position. A cursor is bound to the user and the query that it was made for, and
 * is good on any task: the signing keys come from Secrets Manager, and what the previous key signed stays valid through a
 * rotation. A key that this task does not know may be newer than its last look: only then the secret is asked for again.
 */
@Injectable()
export class Cursors {
  constructor(private readonly secrets: Secrets) {}

  /** `position` is where the next page starts: an adapter's own value, JSON-serialisable. */
  seal(position: unknown, scope: CursorScope): string {
    const payload = Buffer.from(JSON.stringify(position));
    const { current } = this.secrets.current().signingKeys;
    return Buffer.concat([idOf(current), macOf(current, payload, scope), payload]).toString('base64url');
  }

  /**
   * Rejects with `AppError('validation')` for a cursor that is forged, damaged, or another user's or query's; with
   * `AppError('unavailable')` when its key is not known and the secret cannot be read.
   */
  async open<T>(cursor: string, scope: CursorScope): Promise<T> {
    const bytes = Buffer.from(cursor, 'base64url');
    if (bytes.length <= ID_BYTES + MAC_BYTES || bytes.toString('base64url') !== cursor) throw notOurs();
    const id = bytes.subarray(0, ID_BYTES);
    const key = keyOf(id, this.secrets.current().signingKeys) ?? keyOf(id, (await this.secrets.refreshed()).signingKeys);
    const payload = bytes.subarray(ID_BYTES + MAC_BYTES);
    const mac = bytes.subarray(ID_BYTES, ID_BYTES + MAC_BYTES);
    if (!key || !timingSafeEqual(mac, macOf(key, payload, scope))) throw notOurs();
    return JSON.parse(payload.toString('utf8')) as T;
  }
}

/** Names a key without telling anything of it. */
const idOf = (key: KeyObject): Buffer => createHmac('sha256', key).update('cursor key').digest().subarray(0, ID_BYTES);

const keyOf = (id: Buffer, { current, previous }: SigningKeys): KeyObject | undefined => [current, previous].find((key) => key && idOf(key).equals(id));

export interface CursorScope {
  userId: string;
  /** Names the list and its filters. */
  query: unknown;
}

const notOurs = (): AppError =>
  new AppError('validation', 'The cursor is not valid for this list. Start again without it.', {
    errors: [{ pointer: '/cursor', detail: 'is not a cursor of this list' }],
  });

const macOf = (key: KeyObject, payload: Buffer, scope: CursorScope): Buffer =>
  createHmac('sha256', key)
    .update(JSON.stringify(['cursor', scope.userId, scope.query]))
    .update('\0')
    .update(payload)
    .digest()
    .subarray(0, MAC_BYTES);
