import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fleet, Replica } from './fleet.js';
import { Normaliser } from './normalise.js';
import { USERS, type Disturbance, type ProgramStep, type Step } from './program.js';

export interface Observation {
  request: string;
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

export interface World {
  fleet: Fleet;
  mint(claims: { sub: string; origin_jti: string }): string;
  flushCache(): Promise<void>;
  /** Cuts the cache off until the returned function is called. */
  loseCache(): Promise<() => Promise<void>>;
}

interface Upload {
  method: string;
  url: string;
  headers: Record<string, string>;
}

interface Doc {
  id: string;
  owner: number;
  size: number;
  etag?: string;
  upload?: Upload;
}

interface Share {
  id: string;
  token: string;
  docId: string;
  owner: number;
  password?: string;
}

const HEADERS = ['content-type', 'cache-control', 'etag', 'location', 'link', 'allow', 'www-authenticate', 'content-disposition'];
const PASSWORD = 'correct horse battery staple';

interface Request {
  method: string;
  path: string;
  user?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** Carries one program out over a fleet and records what a client saw, with ids and times renamed. */
export class Run {
  readonly trace: Observation[] = [];
  readonly users = Array.from({ length: USERS }, () => randomUUID());
  private readonly tokens: string[];
  private readonly names = new Normaliser();
  private readonly docs: Doc[] = [];
  private readonly shares: Share[] = [];
  private readonly etags = new Map<string, string>();
  private readonly keys = randomUUID();

  constructor(
    private readonly world: World,
    private readonly isDisturbed: boolean,
  ) {
    this.tokens = this.users.map((sub) => world.mint({ sub, origin_jti: randomUUID() }));
    for (const sub of this.users) this.names.name('id', sub);
  }

  async execute(program: ProgramStep[]): Promise<Observation[]> {
    for (const { step, replica, disturbance } of program) {
      const end = await this.disturb(this.isDisturbed ? disturbance : 'none', replica);
      await this.perform(step, replica, this.isDisturbed && disturbance === 'kill-during');
      await end?.();
    }
    return this.trace;
  }

  /** Renames ids and times in a value as this run's trace does. */
  rename(value: unknown): unknown {
    return this.names.value(value);
  }

  private async disturb(disturbance: Disturbance, choice: number): Promise<(() => Promise<void>) | undefined> {
    if (disturbance === 'flush-cache') await this.world.flushCache();
    if (disturbance === 'lose-cache') return this.world.loseCache();
    if (disturbance === 'kill-before') this.world.fleet.kill(await this.world.fleet.pick(choice));
    return undefined;
  }

  private async perform(step: Step, choice: number, killDuring: boolean): Promise<void> {
    const request = this.requestOf(step);
    if (step.do === 'document.upload') return this.upload(step);
    if (!request) return;
    const isRetryable = request.method === 'GET' || request.headers?.['idempotency-key'] !== undefined;
    const reply = await this.send(request, choice, killDuring && isRetryable);
    this.observe(step, request, reply);
  }

  /** Sends to the chosen replica; a request that may be repeated is repeated elsewhere when its replica dies. */
  private async send(request: Request, choice: number, kill: boolean): Promise<{ response: Response; body: unknown }> {
    for (let attempt = 0; ; attempt += 1) {
      const replica = await this.world.fleet.pick(choice + attempt);
      try {
        const pending = this.fetch(replica, request);
        if (kill && attempt === 0) {
          await delay(Math.random() * 4);
          this.world.fleet.kill(replica);
        }
        const response = await pending;
        const text = await response.text();
        const isRunning = response.status === 409 && text.includes('request-in-progress');
        if (!isRunning || !kill || attempt > 40) return { response, body: text === '' ? null : JSON.parse(text) };
        await delay(500);
      } catch (error) {
        if (!kill || attempt > 3) throw error;
      }
    }
  }

  private fetch(replica: Replica, { method, path, user, body, headers }: Request): Promise<Response> {
    return fetch(replica.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(user !== undefined && { authorization: `Bearer ${this.tokens[user]}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
  }

  private async upload({ doc, size }: Extract<Step, { do: 'document.upload' }>): Promise<void> {
    const target = this.docOf(doc);
    if (!target?.upload) return;
    const { method, url, headers } = target.upload;
    const bytes = Buffer.alloc(size === 'right' ? target.size : target.size + 1, 'x');
    const response = await fetch(url, { method, headers, body: bytes });
    await response.arrayBuffer();
    this.trace.push({ request: 'PUT to S3', status: response.status, headers: {}, body: null });
  }

  private docOf(nth: number): Doc | undefined {
    return this.docs.length === 0 ? undefined : this.docs[nth % this.docs.length];
  }

  private match(kind: 'none' | 'current' | 'stale', etag: string | undefined): Record<string, string> | undefined {
    if (kind === 'none') return undefined;
    if (kind === 'stale') return { 'if-match': '"0-stale"' };
    return etag === undefined ? undefined : { 'if-match': etag };
  }

  private requestOf(step: Step): Request | undefined {
    switch (step.do) {
      case 'profile.put':
        return { method: 'PUT', path: '/v1/profiles/me', user: step.user, body: { displayName: step.name }, headers: this.match(step.match, this.etags.get(`profile ${step.user}`)) };
      case 'profile.patch':
        return { method: 'PATCH', path: '/v1/profiles/me', user: step.user, body: { bio: step.bio }, headers: this.match(step.match, this.etags.get(`profile ${step.user}`)) };
      case 'profile.get': {
        const etag = this.etags.get(`profile ${step.user}`);
        return { method: 'GET', path: '/v1/profiles/me', user: step.user, headers: step.revalidate && etag ? { 'if-none-match': etag } : undefined };
      }
      case 'profile.card':
        return { method: 'GET', path: `/v1/profiles/${this.users[step.of]}`, user: step.user };
      case 'session.get':
        return { method: 'GET', path: '/v1/session', user: step.user };
      case 'session.put':
        return { method: 'PUT', path: '/v1/session', user: step.user, body: { value: step.value }, headers: this.match(step.match, this.etags.get(`session ${step.user}`)) };
      case 'session.patch':
        return { method: 'PATCH', path: '/v1/session', user: step.user, body: { value: step.value }, headers: this.match(step.match, this.etags.get(`session ${step.user}`)) };
      case 'session.signOut':
        return { method: 'DELETE', path: step.everywhere ? '/v1/sessions' : '/v1/session', user: step.user };
      default:
        return step.do.startsWith('share.') ? this.shareRequest(step) : this.documentRequest(step);
    }
  }

  private documentRequest(step: Step): Request | undefined {
    if (step.do === 'document.create') {
      const { name, size, folder, tag, key } = step;
      const headers = key === undefined ? undefined : { 'idempotency-key': `${this.keys}-${key}` };
      return { method: 'POST', path: '/v1/documents', user: step.user, headers, body: { name, contentType: 'text/plain', size, ...(folder && { folder }), ...(tag && { tags: [tag] }) } };
    }
    if (step.do === 'document.list') {
      const query = new URLSearchParams({ limit: String(step.limit) });
      for (const filter of ['folder', 'tag', 'status'] as const) if (step[filter]) query.set(filter, step[filter]);
      return { method: 'GET', path: `/v1/documents?${query}`, user: step.user };
    }
    if (step.do === 'document.usage') return { method: 'GET', path: '/v1/documents/usage', user: step.user };
    if (!('doc' in step)) return undefined;
    const doc = this.docOf(step.doc);
    if (!doc) return undefined;
    const path = `/v1/documents/${doc.id}`;
    const { user } = step;
    switch (step.do) {
      case 'document.complete': return { method: 'POST', path: `${path}/upload/complete`, user };
      case 'document.get': return { method: 'GET', path, user };
      case 'document.rename': return { method: 'PATCH', path, user, body: { name: step.name }, headers: this.match(step.match, doc.etag) };
      case 'document.trash': return { method: 'DELETE', path, user };
      case 'document.restore': return { method: 'POST', path: `${path}/restore`, user };
      case 'document.erase': return { method: 'DELETE', path: `${path}?permanent=true`, user };
      case 'document.abort': return { method: 'DELETE', path: `${path}/upload`, user };
      case 'document.download': return { method: 'GET', path: `${path}/download`, user };
      default: return undefined;
    }
  }

  private shareRequest(step: Step): Request | undefined {
    if (step.do === 'share.create') {
      const doc = this.docOf(step.doc);
      if (!doc) return undefined;
      const headers = step.key === undefined ? undefined : { 'idempotency-key': `${this.keys}-share-${step.key}` };
      return { method: 'POST', path: `/v1/documents/${doc.id}/shares`, user: step.user, headers, body: { expiresIn: 600, ...(step.password && { password: PASSWORD }), ...(step.maxDownloads && { maxDownloads: step.maxDownloads }) } };
    }
    if (step.do !== 'share.open' && step.do !== 'share.revoke') return undefined;
    const share = this.shares.length === 0 ? undefined : this.shares[step.share % this.shares.length];
    if (!share) return undefined;
    if (step.do === 'share.revoke') return { method: 'DELETE', path: `/v1/documents/${share.docId}/shares/${share.id}`, user: step.user };
    if (step.password === 'none') return { method: 'GET', path: `/v1/shares/${share.token}` };
    return { method: 'POST', path: `/v1/shares/${share.token}`, body: { password: step.password === 'right' ? PASSWORD : 'guess' } };
  }

  private observe(step: Step, request: Request, { response, body }: { response: Response; body: any }): void {
    const etag = response.headers.get('etag') ?? undefined;
    if (response.status < 300) this.remember(step, body, etag);
    const headers: Record<string, string> = {};
    for (const name of HEADERS) {
      const value = response.headers.get(name);
      if (value === null) continue;
      if (name === 'etag') headers[name] = this.names.name('etag', value);
      else headers[name] = this.names.text(value.replace(/cursor=[^&>]+/, 'cursor=…'));
    }
    this.trace.push({
      request: this.names.text(`${request.method} ${request.path.replace(/\/v1\/shares\/.*/, '/v1/shares/token')} as user ${request.user}`),
      status: response.status,
      headers,
      body: this.names.value(body),
    });
  }

  private remember(step: Step, body: any, etag: string | undefined): void {
    if (step.do.startsWith('profile.') && step.do !== 'profile.card' && etag && 'user' in step) this.etags.set(`profile ${step.user}`, etag);
    if (step.do.startsWith('session.') && etag && 'user' in step) this.etags.set(`session ${step.user}`, etag);
    if (step.do === 'document.create' && !this.docs.some(({ id }) => id === body.document.id)) {
      this.docs.push({ id: body.document.id, owner: step.user, size: step.size, etag, upload: body.upload });
    }
    if ('doc' in step && step.do.startsWith('document.') && etag) {
      const doc = this.docOf(step.doc);
      if (doc) doc.etag = etag;
    }
    if (step.do === 'share.create' && !this.shares.some(({ id }) => id === body.id)) {
      const docId = this.docOf(step.doc)?.id ?? '';
      this.shares.push({ id: body.id, token: body.token, docId, owner: step.user });
    }
  }
}
