import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto';
import { AppError } from '../common/app-error.js';
import { Secrets, type SigningKeys } from '../common/secrets.js';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A key of its own for each purpose, so that one leaks nothing about another. */
const derive = (key: KeyObject, purpose: string): Buffer => createHmac('sha256', key).update(`idempotency ${purpose}`).digest();

const nameOf = (key: KeyObject): string => derive(key, 'name').toString('base64url').slice(0, 8);

/**
 * Keeps what records hold unreadable to whoever reads the table. Keys are made of the application's signing keys: what the
 * previous one wrote is read too, so that a rotation breaks no replay. A key that this task does not know may be newer than its
 * last look: only then the secret is asked for again.
 */
export class Keyring {
  constructor(private readonly secrets: Secrets) {}

  /** A keyed hash: a plain one of a body with a password in it could be guessed at. */
  hash(text: string): string {
    const key = this.secrets.current().signingKeys.current;
    return `${nameOf(key)}.${hashUnder(key, text).toString('base64url')}`;
  }

  /** Rejects with `AppError('unavailable')` when no known key made the hash. */
  async isHashOf(hash: string, text: string): Promise<boolean> {
    const [name = '', mac = ''] = hash.split('.');
    const given = Buffer.from(mac, 'base64url');
    const ours = hashUnder(await this.keyNamed(name), text);
    return given.length === ours.length && timingSafeEqual(given, ours);
  }

  /** AES-256-GCM, bound to `context`. */
  seal(secret: string, context: string): string {
    const key = this.secrets.current().signingKeys.current;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', derive(key, 'seal'), iv).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return `${nameOf(key)}.${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')}`;
  }

  /** Rejects with `AppError('unavailable')` when no known key sealed it. */
  async open(text: string, context: string): Promise<string> {
    const [name = '', box = ''] = text.split('.');
    const bytes = Buffer.from(box, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', derive(await this.keyNamed(name), 'seal'), bytes.subarray(0, IV_BYTES))
      .setAAD(Buffer.from(context))
      .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  }

  private async keyNamed(name: string): Promise<KeyObject> {
    const key = keyIn(this.secrets.current().signingKeys, name) ?? keyIn((await this.secrets.refreshed()).signingKeys, name);
    if (!key) throw new AppError('unavailable', 'The first answer cannot be read at the moment. Try again.', { headers: { 'Retry-After': '5' } });
    return key;
  }
}

const keyIn = ({ current, previous }: SigningKeys, name: string): KeyObject | undefined => [current, previous].find((key) => key && nameOf(key) === name);

const hashUnder = (key: KeyObject, text: string): Buffer => createHmac('sha256', derive(key, 'fingerprint')).update(text).digest();
