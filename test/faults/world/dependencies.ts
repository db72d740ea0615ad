import { Redis } from 'iovalkey';
import { LOCAL, type Environment } from '../../../local/names.js';
import { seed } from '../../../local/seed.js';
import { CacheServer } from '../../../src/cache/cache-server.fixture.js';
import { HttpProxy } from '../proxies/http-proxy.js';
import { TcpProxy } from '../proxies/tcp-proxy.js';

/** Names that belong to one world alone: what one row stores or breaks no other row meets. */
const OWN = ['PROFILES_TABLE', 'DOCUMENTS_TABLE', 'SESSIONS_TABLE', 'IDEMPOTENCY_TABLE', 'DOCUMENTS_BUCKET', 'APP_SECRET_ID'] as const;

/** A cache of the world's own, behind a proxy, to be stopped, killed, slowed down and demoted. */
export class CacheUnderTest {
  private constructor(
    readonly server: CacheServer,
    readonly proxy: TcpProxy,
  ) {}

  static async start(): Promise<CacheUnderTest> {
    const server = new CacheServer();
    await server.start();
    return new CacheUnderTest(server, await TcpProxy.to({ host: '127.0.0.1', port: server.port }));
  }

  get url(): string {
    return `redis://127.0.0.1:${this.proxy.port}`;
  }

  /** How many keys were found since the server began: it rises only while somebody uses the cache. */
  async hits(): Promise<number> {
    return Number(/keyspace_hits:(\d+)/.exec(await this.ask((redis) => redis.info('stats')))?.[1]);
  }

  /** As after a failover: the server that tasks are connected to becomes a replica, of a primary that cannot be reached. */
  async demote(): Promise<void> {
    await this.ask((redis) => redis.replicaof('127.0.0.1', 1));
  }

  async promote(): Promise<void> {
    await this.ask((redis) => redis.replicaof('NO', 'ONE'));
  }

  async stop(): Promise<void> {
    await this.proxy.close();
    this.server.signal('SIGCONT');
    await this.server.remove();
  }

  private async ask<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.server.port, '127.0.0.1', { lazyConnect: true, maxRetriesPerRequest: 1 });
    try {
      await redis.connect();
      return await question(redis);
    } finally {
      redis.disconnect();
    }
  }
}

/** Tables, bucket, secret and cache of one world on the embedded cloud, with a proxy before each dependency. */
export class Dependencies {
  private constructor(
    /** For replicas: every dependency by its proxy. */
    readonly environment: Environment,
    /** For the test itself: around the proxies. */
    readonly direct: Environment,
    readonly dynamodb: HttpProxy,
    readonly s3: HttpProxy,
    readonly secrets: HttpProxy,
    readonly cognito: HttpProxy,
    readonly jwks: HttpProxy,
    readonly cache: CacheUnderTest,
  ) {}

  static async start(cloud: Environment, name: string): Promise<Dependencies> {
    const own = Object.fromEntries(OWN.map((variable) => [variable, `${LOCAL[variable]}-${name}`]));
    const direct: Environment = { ...cloud, ...own };
    const at = (variable: string) => direct[variable] ?? '';
    const [dynamodb, s3, secrets, cognito, jwks, cache] = await Promise.all([
      HttpProxy.to(at('AWS_ENDPOINT_URL'), 'dynamodb'),
      HttpProxy.to(at('AWS_ENDPOINT_URL_S3'), 's3'),
      HttpProxy.to(at('AWS_ENDPOINT_URL_SECRETS_MANAGER'), 'secrets'),
      HttpProxy.to(at('AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER'), 'cognito'),
      HttpProxy.to(at('AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER'), 'jwks'),
      CacheUnderTest.start(),
      seed(direct),
    ]);
    const environment: Environment = {
      ...direct,
      AWS_ENDPOINT_URL: dynamodb.url,
      AWS_ENDPOINT_URL_S3: s3.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.url,
      COGNITO_JWKS_URI: jwks.url + new URL(at('COGNITO_JWKS_URI')).pathname,
      // Clients reach S3 by themselves, as they do in production.
      S3_PUBLIC_ENDPOINT: at('AWS_ENDPOINT_URL_S3'),
      CACHE_URL: cache.url,
    };
    return new Dependencies(environment, direct, dynamodb, s3, secrets, cognito, jwks, cache);
  }

  private get proxies(): HttpProxy[] {
    return [this.dynamodb, this.s3, this.secrets, this.cognito, this.jwks];
  }

  async heal(): Promise<void> {
    await Promise.all([...this.proxies.map((proxy) => proxy.heal()), this.cache.proxy.heal()]);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.proxies.map((proxy) => proxy.close()), this.cache.stop()]);
  }
}
