import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { AppError } from '../common/app-error.js';
import { SoftState } from '../common/soft-state.js';
import { Secrets, type SecretSet } from '../common/secrets.js';

const REFRESH_MS = 60_000;
const RETRY_MS = 2_000;

const key = z
  .base64()
  .transform((text) => Buffer.from(text, 'base64'))
  .refine((bytes) => bytes.length >= 32, 'must hold at least 32 bytes');

const secret = z
  .object({
    signingKeys: z.object({ current: key, previous: key.optional() }),
    cache: z.object({ username: z.string().optional(), password: z.string().optional() }).default({}),
  })
  .transform((value): SecretSet => value);

/**
 * The application's secret from Secrets Manager: JSON `{signingKeys: {current, previous?}, cache?: {username?, password?}}`.
 * `load` is called by a timer with jitter; a secret of the wrong shape is logged and the last good one kept.
 */
@SoftState({
  holds: 'the last good application secret',
  bound: 'one secret',
  maxAge: 'about a minute; kept while Secrets Manager cannot be asked',
  ifLost: 'nothing: the next task reads it again before it is ready',
})
export class SecretsManagerSecrets extends Secrets {
  private loaded?: SecretSet;
  private timer?: NodeJS.Timeout;
  private stopped = false;

  constructor(
    private readonly client: SecretsManagerClient,
    private readonly secretId: string,
    private readonly onFailure: (reason: string) => void,
  ) {
    super();
  }

  current(): SecretSet {
    if (!this.loaded) throw new AppError('unavailable', 'The service is starting.', { headers: { 'Retry-After': '1' } });
    return this.loaded;
  }

  get isLoaded(): boolean {
    return this.loaded !== undefined;
  }

  /** Reads the secret now and again about every minute until `stop`. Never rejects. */
  async start(): Promise<void> {
    await this.load();
    if (this.stopped) return;
    const base = this.loaded ? REFRESH_MS : RETRY_MS;
    this.timer = setTimeout(() => void this.start(), base * (0.75 + Math.random() / 2));
    this.timer.unref();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async load(): Promise<void> {
    try {
      const { SecretString } = await this.client.send(new GetSecretValueCommand({ SecretId: this.secretId }));
      this.loaded = secret.parse(JSON.parse(SecretString ?? ''));
    } catch (error) {
      this.onFailure(reasonOf(error));
    }
  }
}

/** Says what is wrong without quoting the secret: a parser's message would. */
function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return `wrong shape at ${error.issues.map((issue) => issue.path.join('.')).join(', ')}`;
  if (error instanceof SyntaxError) return 'not JSON';
  return error instanceof Error ? error.name : 'unknown';
}
