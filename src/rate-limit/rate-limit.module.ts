import { Inject, Module, Optional, type OnModuleInit } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { CacheConnection } from '../cache/cache-connection.js';
import { CacheModule } from '../cache/cache.module.js';
import { Config } from '../config/config.js';
import { Metrics } from '../telemetry/metrics.js';
import { FallbackRateLimits } from './fallback-rate-limits.js';
import { LocalRateLimits } from './local-rate-limits.js';
import { Policies } from './policies.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import { RateLimitStats } from './rate-limit-stats.js';
import { RedisRateLimits } from './redis-rate-limits.js';
import { RequestCounter } from './request-counter.js';

/** Counts requests: see docs/adr/0009-rate-limits.md. Listed after `AuthModule`, whose guards tell the user. */
@Module({
  // Its start connects first.
  imports: [CacheModule],
  providers: [
    RateLimitStats,
    RequestCounter,
    { provide: Policies, inject: [Config], useFactory: (config: Config) => new Policies(config) },
    { provide: RedisRateLimits, inject: [CacheConnection], useFactory: (server?: CacheConnection) => server && new RedisRateLimits(server) },
    {
      provide: FallbackRateLimits,
      inject: [RateLimitStats, RedisRateLimits],
      useFactory: (stats: RateLimitStats, shared?: RedisRateLimits) => new FallbackRateLimits(shared, new LocalRateLimits(), stats),
    },
    { provide: APP_GUARD, useClass: RateLimitGuard },
  ],
  exports: [RateLimitStats],
})
export class RateLimitModule implements OnModuleInit {
  constructor(
    stats: RateLimitStats,
    metrics: Metrics,
    @Optional() @Inject(RedisRateLimits) private readonly shared?: RedisRateLimits,
  ) {
    metrics.gauge('stateless.ratelimit.refused', 'Requests refused by a budget, since the start of the task.', () => stats.refused);
    metrics.gauge('stateless.ratelimit.counted_locally', 'Requests counted by this task alone, since its start.', () => stats.countedLocally);
  }

  async onModuleInit(): Promise<void> {
    await this.shared?.prepare();
  }
}
