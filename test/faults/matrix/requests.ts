import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RouteClass } from '../../../src/resilience/route-class.js';
import { json, type HttpClient, type Reply } from '../load/http-client.js';
import type { World } from '../world/world.js';

/** One request of a kind of route, and what it is answered when all is well. */
export interface Probe {
  routeClass: RouteClass;
  label: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: unknown;
  usual: number;
  /** After the others: it ends the sign-in that they use. */
  isLast?: boolean;
}

const PATIENCE_MS = 60_000;
const text = { contentType: 'text/plain', size: 5 };
const LARGE = { name: 'film.mov', contentType: 'video/quicktime', size: 200 * 1_024 * 1_024 };
const PASSWORD = 'matrix-password';

/** What the service offers by its own description: a kind of route that nothing belongs to yet cannot be asked. */
async function offered(client: HttpClient): Promise<Set<string>> {
  const { paths } = json<{ paths: Record<string, object> }>(await insist(client, { label: 'describe', method: 'GET', path: '/openapi.json' }));
  return new Set(Object.keys(paths));
}

/** A new person with everything that the requests are about. Each request is about a thing of its own: none waits for another. */
export async function probesOf(world: World, client: HttpClient): Promise<Probe[]> {
  const authorization = { authorization: `Bearer ${world.token(randomUUID())}` };
  const paths = await offered(client);
  const send = (method: string, path: string, body?: unknown) => insist(client, { label: 'prepare', method, path, headers: authorization, body });
  const create = async (body: object) => {
    const { document, upload } = json(await send('POST', '/v1/documents', body));
    return { path: `/v1/documents/${document.id}`, upload };
  };
  const uploaded = async (name: string) => {
    const { path, upload } = await create({ name, ...text });
    await fetch(upload.url, { method: upload.method, headers: upload.headers, body: 'hello' });
    return path;
  };
  const ready = async (name: string) => {
    const path = await uploaded(name);
    return { path, etag: (await send('POST', `${path}/upload/complete`)).headers.etag ?? '' };
  };
  await send('PUT', '/v1/profiles/me', { displayName: 'Matrix' });
  const [profile, shared, renamed, gone, uploadedOnly, large, aborted] = await Promise.all([
    send('GET', '/v1/profiles/me'), ready('shared.txt'), ready('renamed.txt'), ready('gone.txt'),
    uploaded('late.txt'), create(LARGE), create({ name: 'never.txt', ...text }),
  ]);
  const [open, locked, revoked, session] = await Promise.all([
    send('POST', `${shared.path}/shares`, { expiresIn: 600 }),
    send('POST', `${shared.path}/shares`, { expiresIn: 600, password: PASSWORD }),
    send('POST', `${shared.path}/shares`, { expiresIn: 600 }),
    send('GET', '/v1/session'),
    send('DELETE', gone.path),
  ]);
  const probe = (routeClass: RouteClass, method: string, path: string, usual: number, more: { body?: unknown; match?: string; isLast?: boolean } = {}): Probe => ({
    routeClass, label: `${method} ${path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{40,}/g, '…')}`, method, path, usual, body: more.body, isLast: more.isLast,
    headers: { ...authorization, ...(more.match && { 'if-match': more.match }) },
  });
  return [
    probe('health', 'GET', '/health/live', 200),
    probe('health', 'GET', '/health/ready', 200),
    probe('docs', 'GET', '/openapi.json', 200),
    ...['/v1/profiles/me', '/v1/documents', '/v1/documents/usage', '/v1/session', '/v1/sessions', shared.path, `${shared.path}/download`, `${shared.path}/shares`, `${shared.path}/versions`].map((path) => probe('read', 'GET', path, 200)),
    probe('read', 'GET', `/v1/shares/${json(open).token}`, 200),
    probe('write', 'PATCH', '/v1/profiles/me', 200, { body: { bio: 'changed' }, match: profile.headers.etag }),
    probe('write', 'PATCH', renamed.path, 200, { body: { name: 'other.txt' }, match: renamed.etag }),
    probe('write', 'PUT', '/v1/session', 200, { body: { cart: 1 }, match: session.headers.etag }),
    probe('write', 'DELETE', `${shared.path}/shares/${json(revoked).id}`, 204),
    probe('write', 'DELETE', '/v1/sessions', 204, { isLast: true }),
    probe('create', 'POST', '/v1/documents', 201, { body: { name: 'new.txt', ...text } }),
    probe('create', 'POST', `${shared.path}/shares`, 201, { body: { expiresIn: 600 } }),
    probe('create', 'POST', `/v1/shares/${json(locked).token}`, 200, { body: { password: PASSWORD } }),
    probe('upload', 'POST', `${uploadedOnly}/upload/complete`, 200),
    probe('upload', 'POST', `${large.path}/upload/parts`, 200, { body: { partNumbers: [1] } }),
    probe('remove', 'DELETE', `${gone.path}?permanent=true`, 204),
    probe('remove', 'DELETE', `${aborted.path}/upload`, 204),
    ...['/v1/account/export'].filter((path) => paths.has(path)).map((path) => probe('bulk', 'GET', path, 200)),
  ];
}

async function insist(client: HttpClient, request: Parameters<HttpClient['send']>[0]): Promise<Reply> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await delay(200)) {
    const reply = await client.send(request);
    // 428: an earlier attempt was carried out.
    if ((reply.status >= 200 && reply.status < 300) || reply.status === 428) return reply;
    if ((reply.status > 0 && reply.status < 500) || Date.now() > deadline) throw new Error(`${request.method} ${request.path}: ${reply.status} ${reply.text}`);
  }
}
