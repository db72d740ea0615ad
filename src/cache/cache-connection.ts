import { EventEmitter, once } from 'node:events';
import { Redis } from 'iovalkey';
import type { CacheCredentials } from '../common/secrets.js';
import { SoftState } from '../common/soft-state.js';
import { currentBudget } from '../resilience/budget.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { Deadlines } from './deadlines.js';

export interface ConnectionSettings {
  /** `redis://` or `rediss://` (TLS). */
  url: string;
  /** Asked at every connect, so that a rotated password needs no restart. May throw: then the URL's own are used. */
  credentials: () => CacheCredentials;
  /** The server takes none of the credentials that it was given: newer ones may be known elsewhere. */
  onRefused?: () => void;
  onChange: (state: 'available' | 'unavailable', reason: string) => void;
}

const DEADLINE_MS = 50;
const CONNECT_MS = 1_000;
const PROBE_MS = 250;
/** For so long a missed deadline tells that the cache is silent; by then the breaker knows. */
const PROOF_MS = 250;

/** Says why a call was not answered; never leaves the cache and its neighbours. */
export class CacheUnavailable extends Error {}

/**
 * The one connection to the cache, pipelined. `run` settles within 50 ms, and at once while the circuit breaker is open.
 * Nothing is queued while disconnected and nothing is sent twice.
 */
@SoftState({
  holds: 'one connection to the cache, the identity of the server behind it, and when it last failed to answer',
  bound: 'one connection; commands in flight are limited to 50 ms',
  maxAge: 'until the connection closes',
  ifLost: 'nothing: the next task connects',
})
export class CacheConnection {
  private readonly client: Redis;
  private readonly breaker: CircuitBreaker;
  private readonly deadlines = new Deadlines(DEADLINE_MS);
  /** Counts connections: an answer that arrives on another one than the question is refused. */
  private generation = 0;
  /** When the deadline was last missed, with nothing heard since. */
  private missedAt = -Infinity;
  private server?: string;
  private handshake?: NodeJS.Timeout;
  /** What the server took last, and how often it has refused since. */
  private accepted?: CacheCredentials;
  private refusals = 0;
  private isRefused = false;
  private readonly events = new EventEmitter().setMaxListeners(0);

  constructor(private readonly settings: ConnectionSettings) {
    this.breaker = new CircuitBreaker(() => this.guarded((client) => client.ping(), PROBE_MS), (isOpen) => this.changed(isOpen));
    this.client = new Redis(settings.url, {
      lazyConnect: true,
      enableAutoPipelining: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      connectTimeout: CONNECT_MS,
      disconnectTimeout: 100,
      maxLoadingRetryTime: CONNECT_MS,
      retryStrategy: (times) => this.beforeReconnect(times),
      // After a failover the old primary answers READONLY: leave it. So does one that wants other credentials.
      reconnectOnError: ({ message }) => message.startsWith('READONLY') || message.startsWith('NOAUTH'),
    });
    this.client.on('error', ({ message }: Error) => (this.isRefused ||= /WRONGPASS|NOAUTH/.test(message)));
    this.client.on('connect', () => this.awaitHandshake());
    this.client.on('ready', () => void this.identify());
    this.client.on('close', () => this.disconnected());
  }

  /** The `run_id` of the primary that answers now; undefined while there is none to be relied on. */
  get serverId(): string | undefined {
    return this.breaker.isOpen ? undefined : this.server;
  }

  /** Open also while there is no connection: calls fail at once. */
  get breakerState(): 'open' | 'closed' {
    return this.serverId === undefined ? 'open' : 'closed';
  }

  /** Asks the server whether it still is a primary; leaves it when it is not. */
  async confirmPrimary(): Promise<string | undefined> {
    const server = this.serverId;
    const info = await this.run((client) => client.info('replication'));
    if (/^role:master/m.test(info)) return server;
    this.client.disconnect(true);
    return undefined;
  }

  /** Begins to connect, and resolves once connected or after `patienceMs`. Never rejects. */
  async start(patienceMs: number): Promise<void> {
    this.useCredentials();
    this.client.connect().catch(() => undefined);
    await this.ready(patienceMs);
  }

  /** Resolves once connected or after `patienceMs`: whoever would lose much by a short interruption waits it out. */
  async ready(patienceMs: number): Promise<void> {
    if (this.server !== undefined || this.breaker.isOpen) return;
    await once(this.events, 'identified', { signal: AbortSignal.timeout(patienceMs) }).catch(() => undefined);
  }

  /** Rejects with whatever went wrong, `CacheUnavailable` for the deadline, the breaker and a missing connection. */
  run<T>(command: (client: Redis) => Promise<T>, deadlineMs = DEADLINE_MS): Promise<T> {
    if (this.breaker.isOpen) return Promise.reject(new CacheUnavailable('breaker open'));
    return this.guarded(command, deadlineMs);
  }

  /** As `run`, for what the caller can do without: at once, too, when its request has just waited for a cache that is silent. */
  ask<T>(command: (client: Redis) => Promise<T>, deadlineMs = DEADLINE_MS): Promise<T> {
    if (this.hasBeenWaitedFor()) return Promise.reject(new CacheUnavailable('waited for already'));
    return this.run(command, deadlineMs);
  }

  /** Signs in on the open connection with credentials that have changed; a refusal leaves it as it is. */
  async signInAgain(): Promise<void> {
    if (this.server === undefined) return;
    this.useCredentials();
    const { username, password } = loginOf(this.client);
    if (password === undefined || (password === this.accepted?.password && username === this.accepted.username)) return;
    const login = username === undefined ? [password] : [username, password];
    if ((await this.client.call('AUTH', ...login).catch(() => undefined)) === 'OK') this.accepted = { username, password };
  }

  stop(): void {
    this.breaker.stop();
    clearTimeout(this.handshake);
    this.client.disconnect();
  }

  /**
   * Whether the request was there all the time that the cache had to answer somebody, and did not. A miss proves nothing for long,
   * and the budget's own count of waiting would not know of checks that requests share.
   */
  private hasBeenWaitedFor(): boolean {
    const budget = currentBudget();
    return budget !== undefined && this.missedAt - budget.beganAt >= DEADLINE_MS && performance.now() - this.missedAt < PROOF_MS;
  }

  private guarded<T>(command: (client: Redis) => Promise<T>, deadlineMs: number): Promise<T> {
    if (this.server === undefined) return Promise.reject(new CacheUnavailable('not connected'));
    const { generation } = this;
    return new Promise<T>((resolve, reject) => {
      const expire = () => {
        this.missedAt = performance.now();
        fail(new CacheUnavailable('deadline'));
      };
      const waiting = { settled: false, expire };
      const fail = (error: unknown) => {
        if (waiting.settled) return;
        waiting.settled = true;
        this.breaker.failed();
        reject(error);
      };
      command(this.client).then((value) => {
        if (waiting.settled) return;
        if (generation !== this.generation) return fail(new CacheUnavailable('reconnected'));
        waiting.settled = true;
        this.missedAt = -Infinity;
        this.breaker.succeeded();
        resolve(value);
      }, fail);
      (deadlineMs === DEADLINE_MS ? this.deadlines : new Deadlines(deadlineMs)).add(waiting);
    });
  }

  /** A server that hangs, or a network that swallows, would leave the connection half open for good. */
  private awaitHandshake(): void {
    clearTimeout(this.handshake);
    this.handshake = setTimeout(() => this.client.disconnect(true), CONNECT_MS);
    this.handshake.unref();
  }

  /** Anything but a primary that tells its name is left again when the time for the handshake is over. */
  private async identify(): Promise<void> {
    const generation = (this.generation += 1);
    const info = await this.client.info().catch(() => '');
    const id = /^role:master/m.test(info) ? /^run_id:(\w+)/m.exec(info)?.[1] : undefined;
    if (id === undefined || generation !== this.generation) return;
    clearTimeout(this.handshake);
    this.server = id;
    this.refusals = 0;
    this.accepted = loginOf(this.client);
    this.events.emit('identified');
  }

  private disconnected(): void {
    clearTimeout(this.handshake);
    this.generation += 1;
    this.server = undefined;
  }

  /** A new connection leaves behind what hangs in the old one, which TCP could go on retrying for minutes. */
  private changed(isOpen: boolean): void {
    if (isOpen && this.server !== undefined) this.client.disconnect(true);
    this.settings.onChange(isOpen ? 'unavailable' : 'available', isOpen ? 'failures in a row' : 'answers again');
  }

  private beforeReconnect(times: number): number {
    this.countRefusal();
    this.useCredentials();
    return Math.min(50 * times, 500) * (0.5 + Math.random());
  }

  /** Around a rotation the server may not know the new password yet, or no longer the old one: they are tried in turn. */
  private useCredentials(): void {
    try {
      const current = this.settings.credentials();
      const { username, password } = this.refusals % 2 === 1 ? (this.accepted ?? current) : current;
      if (username !== undefined) this.client.options.username = username;
      if (password !== undefined) this.client.options.password = password;
    } catch {
      // Not loaded yet: the server refuses, and the next attempt asks again.
    }
  }

  /** Once per attempt to connect, which can meet several errors. */
  private countRefusal(): void {
    if (!this.isRefused) return;
    this.isRefused = false;
    this.refusals += 1;
    if (this.refusals === 1) this.settings.onChange('unavailable', 'it refuses the credentials');
    this.settings.onRefused?.();
  }
}

const loginOf = ({ options: { username, password } }: Redis): CacheCredentials => ({
  ...(username != null && { username }),
  ...(password != null && { password }),
});
