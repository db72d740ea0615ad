import { createHash, randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import type { Clock } from '../common/clock.js';
import { canonicalRequest, type Fingerprinted } from './fingerprint.js';
import type { Held, IdempotencyRecords, NewClaim } from './idempotency-records.js';
import type { Keyring } from './keyring.js';
import { requestInProgress, type Kept, type Receipt } from './receipt.js';

/** How long a task that dies blocks its key. A slower request than this loses the key to a retry, and nothing else. */
export const LEASE_MS = 5_000;
const KEPT_MS = 24 * 60 * 60 * 1_000;

export interface KeyedRequest extends Fingerprinted {
  userId: string;
  key: string;
}

/** One creating request, in the words of its feature. */
export interface Creation<KeptBody, Body> {
  /**
   * Carries it out. `remember` gives the receipt to store in the transaction of the effect, and none when the request has no
   * key. It may be called again for another attempt of the same transaction; the last one counts.
   */
  first(remember: (kept: Kept<KeptBody>) => Receipt | undefined): Promise<Body>;
  /** The first answer's body, made of what was kept. */
  again(kept: Kept<KeptBody>): Body | Promise<Body>;
}

export interface Outcome<KeptBody, Body> {
  kept: Kept<KeptBody>;
  body: Body;
  isReplay: boolean;
}

/** Carries a creating request out once, whatever happens to the tasks that it reaches. */
export class Idempotency {
  private readonly logger = new Logger(Idempotency.name);

  constructor(
    private readonly records: IdempotencyRecords,
    private readonly keyring: Keyring,
    private readonly clock: Clock,
    private readonly leaseMs = LEASE_MS,
  ) {}

  /**
   * Throws `AppError('request-in-progress')` while another attempt holds the key and `idempotency-key-reused` when the key
   * was used for another request. A failure frees the key, unless its effect was stored after all: then that is the answer.
   */
  async carryOut<K, B>(request: KeyedRequest | undefined, creation: Creation<K, B>): Promise<Outcome<K, B>> {
    if (!request) return this.attempt(undefined, creation);
    const text = canonicalRequest(request);
    const claim = this.claimOf(request, text);
    const held = await this.records.claim(claim, this.clock.now());
    if (held) return this.replay(held, claim, text, creation);
    try {
      return await this.attempt(claim, creation);
    } catch (error) {
      const answered = await this.release(claim);
      if (answered?.answer === undefined || !(await this.isSame(answered, text))) throw error;
      return this.replay(answered, claim, text, creation);
    }
  }

  private claimOf({ userId, key }: KeyedRequest, text: string): NewClaim {
    const now = this.clock.now();
    return {
      userId,
      keyHash: createHash('sha256').update(key).digest('base64url'),
      owner: randomUUID(),
      fingerprint: this.keyring.hash(text),
      leaseUntil: now + this.leaseMs,
      expiresAt: now + KEPT_MS,
    };
  }

  private async attempt<K, B>(claim: NewClaim | undefined, { first }: Creation<K, B>): Promise<Outcome<K, B>> {
    let kept: Kept<K> | undefined;
    const body = await first((next) => {
      kept = next;
      return claim && this.receiptOf(claim, next);
    });
    if (!kept) throw new Error('A creation must remember its answer.');
    return { kept, body, isReplay: false };
  }

  private receiptOf(claim: NewClaim, { secret, ...answer }: Kept): Receipt {
    const { userId, keyHash, owner } = claim;
    const sealed = secret === undefined ? {} : { sealed: this.keyring.seal(secret, contextOf(claim)) };
    return { userId, keyHash, owner, answer: JSON.stringify(answer), ...sealed, expiresAt: this.clock.now() + KEPT_MS };
  }

  private async replay<K, B>(held: Held, claim: NewClaim, text: string, { again }: Creation<K, B>): Promise<Outcome<K, B>> {
    // What a running attempt is about to do may yet come to nothing: only an answer binds the key to a body.
    if (held.answer === undefined) throw requestInProgress();
    if (!(await this.isSame(held, text))) throw reused();
    const secret = held.sealed === undefined ? {} : { secret: await this.keyring.open(held.sealed, contextOf(claim)) };
    const kept = { ...(JSON.parse(held.answer) as Kept<K>), ...secret };
    return { kept, body: await again(kept), isReplay: held.owner !== claim.owner };
  }

  private isSame({ fingerprint = '' }: Held, text: string): Promise<boolean> {
    return this.keyring.isHashOf(fingerprint, text);
  }

  /** A key that cannot be freed now is free when its lease ends. */
  private async release(claim: NewClaim): Promise<Held | undefined> {
    try {
      return await this.records.release(claim);
    } catch (error) {
      this.logger.warn(`An idempotency key stays taken until its lease ends: ${error instanceof Error ? error.name : 'unknown error'}`);
      return undefined;
    }
  }
}

const contextOf = ({ userId, keyHash }: NewClaim): string => `${userId} ${keyHash}`;

const reused = (): AppError =>
  new AppError('idempotency-key-reused', 'This Idempotency-Key was used for another request. Take a new key for a new request.');
