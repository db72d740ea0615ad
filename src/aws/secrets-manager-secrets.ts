import { createSecretKey } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { AppError } from '../common/app-error.js';
import { SoftState } from '../common/soft-state.js';
import { Secrets, type SecretSet } from '../common/secrets.js';

const RETRY_MS = 2_000;
/** Between two questions, whoever asks: a flood of forged signatures costs one call a second. */
const PAUSE_MS = 1_000;
const DEADLINE_MS = 3_000;

const key = z
  .base64()
  .transform((text) => Buffer.from(text, 'base64'))
  .refine((bytes) => bytes.length >= 32, 'must hold at least 32 bytes')
  .transform((bytes) => createSecretKey(bytes));

const secret = z
  .object({
    signingKeys: z.object({ current: key, previous: key.optional() }),
    cache: z.object({ username: z.string().min(1).optional(), password: z.string().min(1).optional() }).default({}),
  })
  .transform((value): SecretSet => value);

/** Reads the secret's JSON `{signingKeys: {current, previous?}, cache?: {username?, password?}}`; throws for any other shape. */
export const secretOf = (text: string): SecretSet => secret.parse(JSON.parse(text));

export interface Refreshing {
  /** The mean time between two reads; each is up to a quarter shorter or longer. */
  everyMs: number;
  /** Called when the secret cannot be read, `isNew` once for each new reason; with undefined when it was read again. */
  onTrouble: (reason: string | undefined, isNew: boolean) => void;
}

/**
 * The application's secret from Secrets Manager, read again by a timer with jitter and when somebody meets what the known
 * keys cannot explain. What cannot be read or has the wrong shape leaves the last good one in use.
 */
@SoftState({
  holds: 'the last good application secret',
  bound: 'one secret',
  maxAge: 'SECRETS_REFRESH_SECONDS and a quarter; kept while Secrets Manager cannot be asked',
  ifLost: 'nothing: the next task reads it again before it is ready',
})
export class SecretsManagerSecrets extends Secrets {
  private loaded?: SecretSet;
  private timer?: NodeJS.Timeout;
  private stopped = false;
  /** Reads begun, and which of them the secret in use is from: answers may overtake one another. */
  private reads = 0;
  private usedRead = 0;
  private askedAt = -Infinity;
  private next?: Promise<boolean>;
  private trouble?: string;
  private readonly watchers: (() => void)[] = [];

  constructor(
    private readonly client: SecretsManagerClient,
    private readonly secretId: string,
    private readonly refreshing: Refreshing,
  ) {
    super();
  }

  current(): SecretSet {
    if (!this.loaded) throw new AppError('unavailable', 'The service is starting.', { headers: { 'Retry-After': '1' } });
    return this.loaded;
  }

  /** Joins a read that has not begun: one under way may have seen what was there before the question. */
  override async refreshed(): Promise<SecretSet> {
    this.next ??= this.pause().then(() => {
      this.next = undefined;
      return this.load();
    });
    if (await this.next) return this.current();
    throw new AppError('unavailable', 'The service cannot read its keys at the moment.', { headers: { 'Retry-After': '2' } });
  }

  override watch(onChange: () => void): void {
    this.watchers.push(onChange);
  }

  /** Reads the secret now and again until `stop`. Never rejects. */
  async start(): Promise<void> {
    await this.load();
    if (this.stopped) return;
    const base = this.loaded ? this.refreshing.everyMs : RETRY_MS;
    this.timer = setTimeout(() => void this.start(), base * (0.75 + Math.random() / 2));
    this.timer.unref();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async pause(): Promise<void> {
    const rest = this.askedAt + PAUSE_MS - performance.now();
    if (rest > 0) await delay(rest);
  }

  /** Whether it could be read. */
  private async load(): Promise<boolean> {
    this.askedAt = performance.now();
    const read = (this.reads += 1);
    try {
      const abortSignal = AbortSignal.timeout(DEADLINE_MS);
      const { SecretString } = await this.client.send(new GetSecretValueCommand({ SecretId: this.secretId }), { abortSignal });
      this.use(secretOf(SecretString ?? ''), read);
      this.say(undefined);
      return true;
    } catch (error) {
      this.say(reasonOf(error));
      return false;
    }
  }

  private use(next: SecretSet, read: number): void {
    if (read < this.usedRead) return;
    this.usedRead = read;
    this.loaded = next;
    for (const watcher of this.watchers) watcher();
  }

  private say(reason: string | undefined): void {
    const isNew = reason !== this.trouble;
    this.trouble = reason;
    if (isNew || reason !== undefined) this.refreshing.onTrouble(reason, isNew);
  }
}

/** Says what is wrong without quoting the secret: a parser's message would. */
function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return `wrong shape at ${error.issues.map((issue) => issue.path.join('.')).join(', ')}`;
  if (error instanceof SyntaxError) return 'not JSON';
  return error instanceof Error ? error.name : 'unknown';
}
