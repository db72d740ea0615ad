import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Global, Inject, Logger, Module, Optional, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { AwsModule } from '../aws/aws.module.js';
import { Clock } from '../common/clock.js';
import { Ids } from '../common/ids.js';
import { Secrets } from '../common/secrets.js';
import { Config } from '../config/config.js';
import { Metrics } from '../telemetry/metrics.js';
import { CacheConnection } from './cache-connection.js';
import { CacheFence } from './cache-fence.js';
import { Cache } from './cache.js';
import { DynamoFenceStore } from './dynamo-fence-store.js';
import { NoCache } from './no-cache.js';
import { RedisCache } from './redis-cache.js';

/** A task starts without its cache rather than late. */
const START_PATIENCE_MS = 500;

const logger = new Logger('Cache');

function connection({ CACHE_URL: url }: Config, secrets: Secrets): CacheConnection | undefined {
  if (url === undefined) return undefined;
  const server = new CacheConnection({
    url,
    credentials: () => secrets.current().cache,
    onRefused: () => void secrets.refreshed().catch(() => undefined),
    onChange: (state, reason) =>
      logger.warn({ event: state === 'unavailable' ? 'cache-breaker-opened' : 'cache-breaker-closed', reason, message: `The cache is ${state}.` }),
  });
  secrets.watch(() => void server.signInAgain());
  return server;
}

const fence = (config: Config, db: DynamoDBDocumentClient, clock: Clock, server?: CacheConnection): CacheFence | undefined =>
  server && new CacheFence(new DynamoFenceStore(db, config.SESSIONS_TABLE, clock), server, ({ epoch }) => logger.log(`Cache epoch ${epoch} begins.`));

function measured(cache: RedisCache, metrics: Metrics): RedisCache {
  for (const counter of ['hits', 'misses', 'bypasses', 'failures'] as const) {
    metrics.gauge(`stateless.cache.${counter}`, `Of the cache, since the start of the task: ${counter}.`, () => cache.metrics()[counter]);
  }
  metrics.gauge('stateless.cache.breaker_open', '1 while the cache is not used.', () => (cache.metrics().breakerState === 'open' ? 1 : 0));
  return cache;
}

/** `CacheConnection` and `CacheFence` are undefined without `CACHE_URL`. */
@Global()
@Module({
  // Its start loads the credentials first.
  imports: [AwsModule],
  providers: [
    { provide: CacheConnection, inject: [Config, Secrets], useFactory: connection },
    { provide: CacheFence, inject: [Config, DynamoDBDocumentClient, Clock, CacheConnection], useFactory: fence },
    {
      provide: Cache,
      inject: [Ids, Metrics, CacheConnection, CacheFence],
      useFactory: (ids: Ids, metrics: Metrics, server?: CacheConnection, fence?: CacheFence) =>
        server && fence ? measured(new RedisCache(server, fence, ids), metrics) : new NoCache(),
    },
  ],
  exports: [Cache, CacheConnection],
})
export class CacheModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Optional() @Inject(CacheConnection) private readonly server?: CacheConnection,
    @Optional() @Inject(CacheFence) private readonly fence?: CacheFence,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.server?.start(START_PATIENCE_MS);
    this.fence?.usable();
  }

  onApplicationShutdown(): void {
    this.fence?.stop();
    this.server?.stop();
  }
}
