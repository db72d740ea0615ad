import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { KeySet } from '../auth/key-set.js';
import { Secrets } from '../common/secrets.js';
import { SoftState } from '../common/soft-state.js';
import { Lifecycle } from '../telemetry/lifecycle.js';

/** A start does not wait longer: the task then listens, and says why it is not ready. Milliseconds. */
const PATIENCE_MS = 2_000;
const RETRY_MS = 1_000;

/** What the task must have read before it serves: without it, it could only answer 503 to everybody. */
@SoftState({ holds: 'the timer that asks for the first keys', bound: 'one timer', maxAge: 'until the first keys', ifLost: 'nothing' })
@Injectable()
export class Readiness implements OnApplicationBootstrap, OnModuleDestroy {
  private timer?: NodeJS.Timeout;

  constructor(
    lifecycle: Lifecycle,
    secrets: Secrets,
    private readonly keys: KeySet,
  ) {
    lifecycle.require({ reason: 'The application secret has not been read yet.', isMet: () => isLoaded(secrets) });
    lifecycle.require({ reason: 'The keys that access tokens are checked by have not been read yet.', isMet: () => keys.isLoaded });
  }

  async onApplicationBootstrap(): Promise<void> {
    const abandon = new AbortController();
    await Promise.race([this.warm(), delay(PATIENCE_MS, undefined, { signal: abandon.signal }).catch(() => undefined)]);
    abandon.abort();
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer);
  }

  /** The key set itself keeps the pause between two requests. */
  private async warm(): Promise<void> {
    await this.keys.warm();
    if (this.keys.isLoaded) return;
    this.timer = setTimeout(() => void this.warm(), RETRY_MS);
    this.timer.unref();
  }
}

function isLoaded(secrets: Secrets): boolean {
  try {
    secrets.current();
    return true;
  } catch {
    return false;
  }
}
