import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Global, Inject, Logger, Module, Optional, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Secrets } from '../common/secrets.js';
import { Config } from '../config/config.js';
import { CacheConnection } from './cache-connection.js';
import { CacheFence } from './cache-fence.js';
import { Cache } from './cache.js';
import { DynamoFenceStore } from './dynamo-fence-store.js';
import { NoCache } from './no-cache.js';
import { RedisCache } from './redis-cache.js';

const logger = new Logger('Cache');

/** With `CACHE_URL` a cache on Redis or Valkey, without it none: the answers are the same. */
@Global()
@Module({
  providers: [
    {
      provide: CacheConnection,
      inject: [Config, Secrets],
      useFactory: ({ CACHE_URL }: Config, secrets: Secrets) =>
        CACHE_URL ? new CacheConnection(CACHE_URL, () => credentialsOf(secrets), (state) => logger.log(`cache ${state}`)) : null,
    },
    {
      provide: CacheFence,
      inject: [CacheConnection, DynamoDBDocumentClient, Config],
      useFactory: (connection: CacheConnection | null, db: DynamoDBDocumentClient, config: Config) =>
        connection && new CacheFence(new DynamoFenceStore(db, config.SESSIONS_TABLE), connection),
    },
    {
      provide: Cache,
      inject: [CacheConnection, CacheFence],
      useFactory: (connection: CacheConnection | null, fence: CacheFence | null) =>
        connection && fence ? new RedisCache(connection, fence) : new NoCache(),
    },
  ],
  exports: [Cache, CacheConnection],
})
export class CacheModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Optional() @Inject(CacheConnection) private readonly connection: CacheConnection | null,
    @Optional() @Inject(CacheFence) private readonly fence: CacheFence | null,
  ) {}

  onApplicationBootstrap(): void {
    this.connection?.connect();
  }

  onApplicationShutdown(): void {
    this.fence?.stop();
    this.connection?.close();
  }
}

/** Until the secret is there the address' own credentials are used. */
function credentialsOf(secrets: Secrets) {
  try {
    return secrets.current().cache;
  } catch {
    return {};
  }
}
