import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../common/app-error.js';
import type { Clock } from '../common/clock.js';
import { SoftState } from '../common/soft-state.js';

const FETCH_DEADLINE_MS = 3_000;
const COOLDOWN_MS = 11_000;
/** Without any key nobody can be let in: ask more often. */
const EMPTY_COOLDOWN_MS = 2_000;
const REFRESH_MS = 5 * 60_000;
const MAX_BYTES = 64 * 1_024;
const MIN_BITS = 2_048;

const keySet = z.object({ keys: z.array(z.looseObject({ kid: z.string().optional(), kty: z.string() })).max(50) });

/**
 * The pool's public keys by `kid`. The whole set is fetched at once, by one request at a time, at most every 11 s however
 * many unknown `kid`s come; the last good set is kept while the pool cannot be asked.
 * Source: Amazon Cognito, "Verifying JSON web tokens"; RFC 7517 §5.
 */
@SoftState({
  holds: "the user pool's public keys",
  bound: '50 keys',
  maxAge: 'refreshed after 5 minutes of use; the last good set is kept while the pool cannot be asked',
  ifLost: 'one slower request',
})
export class KeySet {
  private keys?: ReadonlyMap<string, KeyObject>;
  private loading?: Promise<void>;
  private triedAt = -Infinity;
  private loadedAt = -Infinity;

  constructor(
    private readonly uri: string,
    private readonly clock: Clock,
    private readonly onFailure: (reason: string) => void,
  ) {}

  /** The key, or undefined when the pool has none of that name. Rejects with `AppError('unavailable')` when no set was ever read. */
  async find(kid: string): Promise<KeyObject | undefined> {
    const known = this.keys?.get(kid);
    if (known) {
      if (this.clock.now() - this.loadedAt > REFRESH_MS) void this.refresh();
      return known;
    }
    await this.refresh();
    if (!this.keys) {
      throw new AppError('unavailable', 'Sign-ins cannot be checked at the moment.', { headers: { 'Retry-After': '5' } });
    }
    return this.keys.get(kid);
  }

  private refresh(): Promise<void> {
    this.loading ??= this.load().finally(() => (this.loading = undefined));
    return this.loading;
  }

  private async load(): Promise<void> {
    if (this.clock.now() - this.triedAt < (this.keys ? COOLDOWN_MS : EMPTY_COOLDOWN_MS)) return;
    this.triedAt = this.clock.now();
    try {
      this.keys = await fetchKeys(this.uri);
      this.loadedAt = this.clock.now();
    } catch (error) {
      this.onFailure(error instanceof Error ? error.message : 'unknown');
    }
  }
}

async function fetchKeys(uri: string): Promise<Map<string, KeyObject>> {
  const response = await fetch(uri, { redirect: 'error', signal: AbortSignal.timeout(FETCH_DEADLINE_MS) });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const { keys } = keySet.parse(JSON.parse(await readBounded(response)));
  const usable = keys.flatMap((jwk) => toEntry(jwk as JsonWebKey & { kid?: string }) ?? []);
  if (usable.length === 0) throw new Error('no usable key');
  return new Map(usable.map(({ kid, key }) => [kid, key]));
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new Error('key set too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** RSA signing keys of at least 2,048 bits; anything else in the set is left out. */
function toEntry(jwk: JsonWebKey & { kid?: string }): { kid: string; key: KeyObject } | undefined {
  if (!jwk.kid || jwk.kty !== 'RSA' || (jwk['use'] ?? 'sig') !== 'sig' || (jwk['alg'] ?? 'RS256') !== 'RS256') return undefined;
  const key = createPublicKey({ key: { kty: 'RSA', n: jwk.n, e: jwk.e }, format: 'jwk' });
  return (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_BITS ? { kid: jwk.kid, key } : undefined;
}
