import ts from 'typescript';

/** A library that keeps something in this process, or on its disk, as it is used here. */
export interface LibraryStore {
  module: RegExp;
  /** The imported name, or the last name of `imported.name(…)`; any when absent. */
  name?: RegExp;
  /** Only these uses; `options` is the text of the arguments. */
  when?: (options: string, call: ts.CallExpression | ts.NewExpression) => boolean;
  /** True when only an instance made at start matters; one made inside a request dies with it. */
  onlyLongLived?: boolean;
  why: string;
  advice: string;
}

const without =
  (...members: string[]) =>
  (options: string) =>
    !members.some((member) => new RegExp(`\\b${member}\\b`).test(options));

const SHARE = 'give it a store that all tasks share (Redis/Valkey, DynamoDB)';
const DECLARE = 'bound it and declare it with @SoftState, or use a store that all tasks share';

export const STORES: LibraryStore[] = [
  { module: /^(express-session|@fastify\/session)$/, name: /^(default|fastifySession|MemoryStore)$/,
    when: (options) => without('store')(options) || /MemoryStore/.test(options),
    why: 'sessions are kept in the memory of this process (default MemoryStore)', advice: SHARE },
  { module: /^@nestjs\/throttler$/, name: /^forRoot(Async)?$/, when: without('storage'),
    why: 'hits are counted in the memory of this process, so N tasks allow N times the limit', advice: SHARE },
  { module: /^@nestjs\/cache-manager$|^@nestjs\/common$/, name: /^register(Async)?$/,
    when: (options, call) => /CacheModule/.test(call.expression.getText()) && without('stores?')(options),
    why: 'CacheModule without stores caches in the memory of this process: another task serves old values', advice: SHARE },
  { module: /^cache-manager$/, name: /^(createCache|caching|multiCaching|memoryStore|default)$/,
    when: (options) => without('stores?')(options) || /['"]memory['"]|memoryStore/.test(options), onlyLongLived: true,
    why: 'a cache without stores is in the memory of this process', advice: SHARE },
  { module: /^keyv$/, when: (options) => options === '' || (without('store')(options) && options.startsWith('{')), onlyLongLived: true,
    why: 'Keyv without a store is a Map in this process', advice: SHARE },
  { module: /^(express-rate-limit|express-slow-down)$/, when: without('store'),
    why: 'hits are counted in the memory of this process', advice: SHARE },
  { module: /^@fastify\/rate-limit$/, when: without('redis', 'store'), why: 'hits are counted in the memory of this process', advice: SHARE },
  { module: /^rate-limiter-flexible$/, name: /Memory$/, why: 'points are counted in the memory of this process', advice: SHARE },
  { module: /^@nestjs\/platform-express$|^multer$/, name: /^(register(Async)?|diskStorage|memoryStorage)$/,
    why: 'uploads pass through the disk or the memory of this process', advice: 'let clients send bytes to S3 with presigned URLs' },
  { module: /^multer$/, name: /^default$/,
    why: 'uploads pass through the disk or the memory of this process', advice: 'let clients send bytes to S3 with presigned URLs' },
  { module: /^@nestjs\/platform-express$|fastify-file-interceptor|nest-file-fastify/, name: /^(Any)?Files?(Fields)?Interceptor$/,
    when: (options) => !/storage:\s*(?!memoryStorage|diskStorage)/.test(options),
    why: 'multer keeps the file in memory by default, or on the local disk', advice: 'let clients send bytes to S3 with presigned URLs' },
  { module: /^(lru-cache|quick-lru|tiny-lru|node-cache|memory-cache|@isaacs\/ttlcache|ttlcache|mnemonist|flat-cache|cacheable|dataloader|bottleneck|opossum)$/,
    onlyLongLived: true, why: 'it remembers across requests in this process alone', advice: DECLARE },
  { module: /^(p-queue|p-limit|fastq|async|better-queue|queue|bee-queue-memory|denque)$/,
    name: /^(default|queue|priorityQueue|cargo|promise|Queue|PQueue)$/, onlyLongLived: true,
    why: 'jobs wait in the memory of this process and die with it', advice: 'use a durable queue (SQS) or do the work in the request' },
  { module: /^(lodash(-es)?(\/(memoize|once|debounce|throttle))?|lodash\.(memoize|once|debounce|throttle)|underscore|ramda)$/,
    name: /^(memoize\w*|once|debounce|throttle|default)$/, onlyLongLived: true,
    when: (_, call) => /memoize|once|debounce|throttle/.test(call.expression.getText()),
    why: 'it remembers earlier calls for as long as the process lives', advice: DECLARE },
  { module: /^(memoizee|memoize|mem|p-memoize|memoize-one|fast-memoize|nano-memoize|moize|micro-memoize|reselect|typescript-memoize|memoize-decorator|p-throttle|p-debounce|onetime)/,
    onlyLongLived: true, why: 'it remembers earlier calls for as long as the process lives', advice: DECLARE },
  { module: /^rxjs(\/operators)?$/, name: /^(Subject|BehaviorSubject|ReplaySubject|AsyncSubject|shareReplay|publishReplay|interval|timer)$/,
    onlyLongLived: true, why: 'what passes through it is seen by this process only', advice: 'use a shared bus, or declare it with @SoftState' },
  { module: /^(events|eventemitter2|eventemitter3|mitt|emittery)$/, onlyLongLived: true,
    why: 'events reach listeners in this process only and are lost with it', advice: 'use a durable queue or bus (SQS, SNS, EventBridge)' },
  { module: /^@nestjs\/event-emitter$/, name: /^forRoot(Async)?$/,
    why: 'events reach listeners in this process only and are lost with it', advice: 'use a durable queue or bus (SQS, SNS, EventBridge)' },
  { module: /^@nestjs\/schedule$/, name: /^(forRoot|Cron|Interval|Timeout)$/,
    why: 'every task runs its own timer: N tasks do the work N times, and a dead one does none', advice: 'run a one-off task on a schedule (EventBridge Scheduler)' },
  { module: /^(cron|node-cron|node-schedule|croner|agenda|toad-scheduler)$/,
    why: 'every task runs its own timer: N tasks do the work N times, and a dead one does none', advice: 'run a one-off task on a schedule (EventBridge Scheduler)' },
  { module: /^jwks-rsa$/, when: (options) => !/cache:\s*false/.test(options), why: 'keys are cached in this process', advice: DECLARE },
  { module: /^(sqlite|sqlite3|better-sqlite3|node:sqlite|lowdb|nedb|@seald-io\/nedb|lokijs|level|lmdb|node-persist|conf|configstore|mongodb-memory-server|ioredis-mock|redis-memory-server)(\/.*)?$/,
    why: 'it is a database on the disk or in the memory of this task', advice: 'use a managed store' },
  { module: /^@nestjs\/(typeorm|sequelize)$/, name: /^forRoot(Async)?$/, when: (options) => /sqlite|sqljs|:memory:/.test(options),
    why: 'SQLite is a database on the disk or in the memory of this task', advice: 'use a managed store' },
];
