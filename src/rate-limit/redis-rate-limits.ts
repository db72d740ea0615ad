import type { CacheConnection } from '../cache/cache-connection.js';
import type { Policy } from './policies.js';
import { RateLimits, type Verdict } from './rate-limits.js';
import { GIVE_BACK, TAKE } from './sliding-window-script.js';

/** Counted in the cache, once for all tasks. Rejects when the cache does not answer within its deadline. */
export class RedisRateLimits extends RateLimits {
  constructor(
    private readonly connection: CacheConnection,
    private readonly deadlineMs?: number,
  ) {
    super();
  }

  /** Makes the script known to the server, so that a first burst need not send it whole. */
  async prepare(): Promise<void> {
    await this.connection.run((client) => TAKE.load(client)).catch(() => undefined);
  }

  async take(subject: string, policies: readonly Policy[]): Promise<Verdict> {
    const keys: string[] = [];
    const args: number[] = [];
    for (const policy of policies) {
      keys.push(keyOf(subject, policy));
      args.push(policy.limit, policy.windowSeconds * 1_000_000);
    }
    const [granted, at = 0, ...rest] = (await this.connection.ask((client) => TAKE.run(client, keys, args), this.deadlineMs)) as number[];
    const budgets = policies.map((policy, i) => ({ policy, remaining: rest[2 * i] ?? 0, waitMs: (rest[2 * i + 1] ?? 0) / 1_000 }));
    return { granted: granted === 1, budgets, at, isLocal: false };
  }

  async giveBack(subject: string, policy: Policy, { at }: Verdict): Promise<void> {
    await this.connection.run((client) => GIVE_BACK.run(client, [keyOf(subject, policy)], [at]));
  }
}

/** Braces: one subject's windows are in one slot of a cluster. Apart from the cache's epochs, which begin with `e`. */
const keyOf = (subject: string, { name }: Policy): string => `rate:{${subject}}:${name}`;
