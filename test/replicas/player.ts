import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { newAddress, send, type HttpReply } from './http.js';
import { Normaliser } from './normalise.js';
import { kinds, type Disturbance, type ProgramStep, type Step } from './program.js';
import type { Doc } from './steps/document-memory.js';
import { SIGN_INS, USERS, type Match } from './steps/kind.js';
import type { Share } from './steps/shares.js';
import type { World } from './world.js';

export interface Call {
  method: string;
  path: string;
  /** The sign-in that calls; nobody when undefined. */
  as?: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Remembers the reply's ETag under this name. */
  keepsEtag?: string;
  /** The client's address as a trusted proxy tells it; the program's own unless given. */
  address?: string;
  /** A client may send it again when it gets no answer, and sees the same. */
  isRepeatable?: boolean;
  /** Puts what comes in no order into one, before it is recorded. */
  prepare?(reply: Reply, player: Player): void;
}

export interface Reply {
  status: number;
  headers: HttpReply['headers'];
  body: any;
}

/** What a client saw of one call, with ids, times and signatures renamed. */
export interface Observation {
  request: string;
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** Who answered an observation and what was done to the fleet meanwhile: for people, never compared. */
export interface Witness {
  /** Index of the step in the program. */
  step: number;
  by: string;
  disturbance: Disturbance;
}

const HEADERS = ['content-type', 'cache-control', 'etag', 'location', 'link', 'allow', 'www-authenticate', 'content-disposition', 'idempotent-replayed'];
/** Within this a request is killed: most take a few milliseconds. */
const KILL_WITHIN_MS = 12;

/** Plays one program against a world as its clients would, and records what they saw. */
export class Player {
  readonly trace: Observation[] = [];
  readonly witnesses: Witness[] = [];
  readonly users = Array.from({ length: USERS }, () => randomUUID());
  readonly signIns = Array.from({ length: SIGN_INS }, () => randomUUID());
  readonly docs: Doc[] = [];
  readonly shares: Share[] = [];
  readonly etags = new Map<string, string>();
  /** Users that have called: all others have left nothing behind. */
  readonly active = new Set<string>();
  private readonly address = newAddress();
  private readonly tokens = new Map<number, string>();
  private readonly names = new Normaliser();
  private readonly keys = randomUUID();
  /** All sign in when the program begins, whenever they are first seen. */
  private readonly beganAt = nowInSeconds();
  private turn = { step: 0, replica: 0, disturbance: 'none' as Disturbance };

  constructor(private readonly world: World) {
    for (const id of [...this.users, ...this.signIns]) this.names.name('id', id);
  }

  get isDisturbed(): boolean {
    return this.world.faults !== undefined;
  }

  async play(program: ProgramStep[]): Promise<this> {
    for (const [index, { step, replica, disturbance }] of program.entries()) {
      this.turn = { step: index, replica, disturbance: this.mayHappen(disturbance, step) ? disturbance : 'none' };
      const end = await this.disturb(replica);
      try {
        await kinds[step.do]?.perform(step as never, this);
      } finally {
        end?.();
      }
    }
    return this;
  }

  /** One API call: sent to the replica whose turn it is, recorded, and its reply given to the step. */
  async call(call: Call): Promise<Reply> {
    const { reply, by } = await this.deliver(call);
    const parsed: Reply = { ...reply, body: reply.text === '' ? null : JSON.parse(reply.text) };
    call.prepare?.(parsed, this);
    if (call.keepsEtag !== undefined) this.keepEtag(call.keepsEtag, parsed);
    const caller = call.as === undefined ? 'anybody' : `user ${call.as % USERS}${call.as < USERS ? '' : ', second sign-in'}`;
    const path = call.path.replace(/\/v1\/shares\/.*/, '/v1/shares/token').replace(/cursor=[^&]+/, 'cursor=…');
    const request = this.names.text(`${call.method} ${path} by ${caller}`);
    this.observe({ request, status: reply.status, headers: this.headersOf(parsed), body: this.names.value(parsed.body) }, by);
    this.turn = { ...this.turn, replica: this.turn.replica + 1, disturbance: 'none' };
    return parsed;
  }

  /** The same call many times at once, each to another replica; for a step that observes them together. */
  callAtOnce(times: number, call: Call): Promise<Reply[]> {
    const one = async (_: unknown, index: number): Promise<Reply> => {
      const replica = await this.world.fleet.pick(this.turn.replica + index);
      return replica.during(async (url) => ({ ...(await this.sendTo(url, call)), body: null }));
    };
    return Promise.all(Array.from({ length: times }, one));
  }

  /** Carries out what needs the cache to be there, with nobody taking it away meanwhile. */
  inPeace<T>(act: () => Promise<T>): Promise<T> {
    return this.world.faults ? this.world.faults.calm.during(act) : act();
  }

  observe(observation: Observation, by: string): void {
    this.trace.push(observation);
    this.witnesses.push({ step: this.turn.step, by, disturbance: this.turn.disturbance });
  }

  keepEtag(name: string, { status, headers }: Reply): void {
    if (status < 300 && typeof headers['etag'] === 'string') this.etags.set(name, headers['etag']);
  }

  ifMatch(match: Match, name: string): Record<string, string> | undefined {
    const etag = match === 'stale' ? '"0-stale"' : this.etags.get(name);
    return match === 'none' || etag === undefined ? undefined : { 'if-match': etag };
  }

  idempotencyKey(key: number | undefined): Record<string, string> | undefined {
    return key === undefined ? undefined : { 'idempotency-key': `${this.keys}-${key}` };
  }

  /** Another sign-in of the same user takes the old one's place. */
  signInAnew(as: number): void {
    const origin = randomUUID();
    this.names.name('id', origin);
    this.signIns[as] = origin;
    this.tokens.set(as, this.tokenFor(as, nowInSeconds()));
  }

  /** Renames ids and times in a value as the trace does. */
  rename(value: unknown): unknown {
    return this.names.value(value);
  }

  /**
   * Only a fleet that is whole loses a replica: two that are starting leave nobody to tell the third from. What needs the
   * cache does not take it away from itself.
   */
  private mayHappen(disturbance: Disturbance, { do: name }: Step): boolean {
    if (!this.isDisturbed || (disturbance.endsWith('cache') && name.startsWith('limit.'))) return false;
    return !disturbance.startsWith('kill') || this.world.fleet.isWhole;
  }

  private async disturb(choice: number): Promise<(() => void) | undefined> {
    const { faults, fleet } = this.world;
    const { disturbance } = this.turn;
    if (disturbance === 'flush-cache') await faults?.flushCache();
    if (disturbance === 'lose-cache') return faults?.loseCache();
    if (disturbance === 'kill-before') await fleet.kill(await fleet.claim(choice));
    return undefined;
  }

  /** A call that may be repeated is repeated elsewhere when its replica is killed under it, until it is answered. */
  private async deliver(call: Call): Promise<{ reply: HttpReply; by: string }> {
    const { fleet } = this.world;
    if (this.turn.disturbance === 'kill-during') {
      const victim = await fleet.claim(this.turn.replica);
      const pending = call.isRepeatable ? this.sendTo(victim.url, call).catch(() => undefined) : undefined;
      if (pending) await Promise.race([pending, delay(Math.random() * KILL_WITHIN_MS)]);
      await fleet.kill(victim);
      const reply = await pending;
      if (reply && !isRunning(reply)) return { reply, by: victim.name };
    }
    for (let attempt = 0; ; attempt += 1) {
      const replica = await fleet.pick(this.turn.replica + attempt);
      const reply = await replica.during((url) => this.sendTo(url, call));
      if (this.turn.disturbance !== 'kill-during' || !isRunning(reply) || attempt > 60) return { reply, by: replica.name };
      await delay(500);
    }
  }

  private sendTo(url: string, { method, path, as, body, headers, address = this.address }: Call): Promise<HttpReply> {
    return send(url + path, {
      method,
      headers: {
        'user-agent': 'prover',
        'x-forwarded-for': address,
        ...(as !== undefined && { authorization: `Bearer ${this.tokenOf(as)}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  private tokenOf(as: number): string {
    this.active.add(this.users[as % USERS] ?? '');
    const token = this.tokens.get(as) ?? this.tokenFor(as, this.beganAt);
    this.tokens.set(as, token);
    return token;
  }

  private tokenFor(as: number, signedInAt: number): string {
    return this.world.mint({ sub: this.users[as % USERS] ?? '', origin_jti: this.signIns[as] ?? '', auth_time: signedInAt, iat: signedInAt });
  }

  private headersOf({ headers }: Reply): Record<string, string> {
    const seen: Record<string, string> = {};
    for (const name of HEADERS) {
      const value = headers[name];
      if (typeof value !== 'string') continue;
      seen[name] = name === 'etag' ? this.names.name('etag', value) : this.names.text(value.replace(/cursor=[^&>]+/, 'cursor=…'));
    }
    return seen;
  }
}

const nowInSeconds = (): number => Math.floor(Date.now() / 1_000);

/** The answer to a request whose first sending is still being carried out, or was when its replica died. */
const isRunning = ({ status, text }: HttpReply): boolean => status === 409 && text.includes('request-in-progress');
