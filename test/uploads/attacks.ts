import { createHash, randomUUID } from 'node:crypto';
import { AppError } from '../../src/common/app-error.js';
import { pathOf } from '../../src/documents/uploads/file-store.js';
import { uploadKeyOf } from '../../src/documents/uploads/upload-state.js';
import { realSigner, type Defence, type Fortress } from './defences.js';
import { begin, publish, send, textInput } from './world.js';

/** One attack; `attempt` resolves to true when the attacker got through. `off` is the defence without which it does. */
export interface Attack {
  name: string;
  off: Defence;
  attempt(on: Fortress, users: { attacker: string; victim: string }): Promise<boolean>;
}

const MIB = 2 ** 20;
const DAY = 86_400_000;
const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('base64');

/** True when the call was let through; an `AppError` is a refusal, anything else is a bug. */
async function passes(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof AppError && error.kind !== 'internal') return false;
    throw error;
  }
}

interface Change {
  method?: string;
  path?: string;
  query?: Record<string, string>;
  /** Headers signed besides those of the URL. */
  headers?: Record<string, string>;
}

/** A signed URL with something changed. Without the defence of the signature the attacker could sign it anew. */
async function tampered(on: Fortress, method: string, url: string, headers: Record<string, string>, change: Change): Promise<string> {
  const parsed = new URL(url);
  if (change.path) parsed.pathname = `/${on.config.DOCUMENTS_BUCKET}/${change.path}`;
  for (const [name, value] of Object.entries(change.query ?? {})) parsed.searchParams.set(name, value);
  if (on.off !== 'signature') return parsed.href;
  const query = Object.fromEntries([...parsed.searchParams].filter(([name]) => !name.toLowerCase().startsWith('x-amz-')));
  const key = decodeURIComponent(parsed.pathname.split('/').slice(2).join('/'));
  const [signed] = await realSigner(on.config).sign([{ method: (change.method ?? method) as 'PUT', key, query, headers: { ...headers, ...change.headers }, seconds: 900 }]);
  return signed!.url;
}

const pathFor = (userId: string, documentId: string, versionId: string) => pathOf({ userId, documentId, versionId });
const ofOwner = (on: Fortress, users: { attacker: string; victim: string }) => (on.off === 'ownership' ? users.victim : users.attacker);

/** A call on the victim's document in the attacker's name. */
const foreign = (name: string, call: (on: Fortress, userId: string, id: string) => Promise<unknown>, prepare?: (on: Fortress, userId: string, id: string) => Promise<unknown>): Attack => ({
  name: `another user's document: ${name}`,
  off: 'ownership',
  async attempt(on, users) {
    const { id } = await publish(on, users.victim, 'private');
    await prepare?.(on, users.victim, id);
    return passes(call(on, ofOwner(on, users), id));
  },
});

const foreignPending = (name: string, call: (on: Fortress, userId: string, id: string) => Promise<unknown>, bytes = 5): Attack => ({
  name: `another user's upload: ${name}`,
  off: 'ownership',
  async attempt(on, users) {
    const { document, upload } = await on.uploads.create(users.victim, textInput(bytes));
    if (upload.strategy === 'single') await send('PUT', upload.url, upload.headers, 'x'.repeat(bytes));
    return passes(call(on, ofOwner(on, users), document.id));
  },
});

const put = async (url: string, headers: Record<string, string>, body: string | Buffer) => (await send('PUT', url, headers, body)).ok;

/** Bytes that are still in the bucket when all is swept. */
async function remainsAfterSweep(on: Fortress, prefix: string): Promise<boolean> {
  on.clock.ahead = 2 * DAY;
  await on.sweeper.sweep();
  on.clock.ahead = 4 * DAY;
  await on.sweeper.sweep();
  for await (const { path } of on.files.everyFile()) if (path.startsWith(prefix)) return true;
  return false;
}

export const tickets: Attack[] = [
  {
    name: "a ticket with another user's key",
    off: 'signature',
    async attempt(on, { attacker, victim }) {
      const { ticket } = await begin(on, attacker, 'evil!');
      const { document } = await begin(on, victim, 'good!');
      const url = await tampered(on, 'PUT', ticket.url, { ...ticket.headers, 'content-length': '5' }, { path: pathOf(uploadKeyOf(document)) });
      return put(url, ticket.headers, 'evil!');
    },
  },
  {
    name: 'a ticket with a key outside of documents/',
    off: 'signature',
    async attempt(on, { attacker }) {
      const { ticket } = await begin(on, attacker, 'evil!');
      const url = await tampered(on, 'PUT', ticket.url, { ...ticket.headers, 'content-length': '5' }, { path: `index-${randomUUID()}.html` });
      return put(url, ticket.headers, 'evil!');
    },
  },
  {
    name: 'a ticket that lives longer than it was signed for',
    off: 'signature',
    async attempt(on, { attacker }) {
      const { ticket } = await begin(on, attacker, 'evil!');
      const url = await tampered(on, 'PUT', ticket.url, { ...ticket.headers, 'content-length': '5' }, { query: { 'X-Amz-Expires': '86400' } });
      return put(url, ticket.headers, 'evil!');
    },
  },
  {
    name: 'an expired ticket',
    off: 'signature',
    async attempt(on, { attacker }) {
      const { document } = await begin(on, attacker, 'late!');
      const headers = { 'content-type': 'text/plain', 'if-none-match': '*' };
      const at = on.off === 'signature' ? Date.now() : Date.now() - 16 * 60_000;
      const [old] = await realSigner(on.config, () => at).sign([{ method: 'PUT', key: pathOf(uploadKeyOf(document)), headers: { ...headers, 'content-length': '5' }, seconds: 900 }]);
      return put(old!.url, headers, 'late!');
    },
  },
  {
    name: 'a ticket to upload, used to read',
    off: 'signature',
    async attempt(on, { attacker }) {
      const { ticket } = await begin(on, attacker, 'hello');
      await put(ticket.url, ticket.headers, 'hello');
      const url = await tampered(on, 'PUT', ticket.url, {}, { method: 'GET' });
      return (await send('GET', url)).ok;
    },
  },
  {
    name: 'an address to download, used to delete',
    off: 'signature',
    async attempt(on, { attacker }) {
      const { id } = await publish(on, attacker, 'hello');
      const download = await on.downloads.download(attacker, id, { disposition: 'attachment' });
      const url = await tampered(on, 'GET', download.url, {}, { method: 'DELETE' });
      return (await send('DELETE', url)).ok;
    },
  },
  {
    name: 'a download served as a page that acts',
    off: 'signature',
    async attempt(on, { attacker }) {
      const { id } = await publish(on, attacker, '<b>hello</b>');
      const { url: signed } = await on.downloads.download(attacker, id, { disposition: 'inline' });
      const change = { query: { 'response-content-type': 'text/html', 'response-content-disposition': 'inline' } };
      const response = await send('GET', await tampered(on, 'GET', signed, {}, change));
      return response.ok && response.headers.get('content-type') === 'text/html';
    },
  },
  {
    name: "a download with another document's key",
    off: 'signature',
    async attempt(on, { attacker, victim }) {
      const own = await publish(on, attacker, 'mine');
      const other = await publish(on, victim, 'private');
      const { url: signed } = await on.downloads.download(attacker, own.id, { disposition: 'attachment' });
      const url = await tampered(on, 'GET', signed, {}, { path: pathOf(uploadKeyOf(other.document)) });
      return (await send('GET', url)).ok;
    },
  },
  {
    name: 'more bytes than promised',
    off: 'signed length',
    async attempt(on, { attacker }) {
      const { ticket } = await begin(on, attacker, 'five!');
      return put(ticket.url, ticket.headers, 'x'.repeat(10_000));
    },
  },
  {
    name: 'fewer bytes than promised',
    off: 'signed length',
    async attempt(on, { attacker }) {
      const { ticket } = await begin(on, attacker, 'five!');
      return put(ticket.url, ticket.headers, 'x');
    },
  },
  {
    name: 'another type than promised',
    off: 'signed type',
    async attempt(on, { attacker }) {
      const { ticket } = await begin(on, attacker, 'five!');
      return put(ticket.url, { ...ticket.headers, 'content-type': 'text/html' }, 'five!');
    },
  },
  {
    name: 'other bytes than the promised checksum',
    off: 'signed checksum',
    async attempt(on, { attacker }) {
      const { ticket } = await begin(on, attacker, 'five!', { checksumSha256: sha256('five!') });
      return put(ticket.url, ticket.headers, 'evil!');
    },
  },
  {
    name: 'a second PUT with the same ticket',
    off: 'single write',
    async attempt(on, { attacker }) {
      const { ticket } = await begin(on, attacker, 'first');
      await put(ticket.url, ticket.headers, 'first');
      return put(ticket.url, ticket.headers, 'other');
    },
  },
  {
    name: 'a PUT that leaves out that it must be the first',
    off: 'single write',
    async attempt(on, { attacker }) {
      const { ticket } = await begin(on, attacker, 'first');
      const { 'if-none-match': _once, ...headers } = ticket.headers;
      await put(ticket.url, ticket.headers, 'first');
      return put(ticket.url, headers, 'other');
    },
  },
  {
    name: 'a late PUT after complete',
    off: 'single write',
    async attempt(on, { attacker }) {
      const { ticket } = await publish(on, attacker, 'first');
      return put(ticket.url, ticket.headers, 'other');
    },
  },
  {
    name: 'bytes brought back by a late PUT after abort',
    off: 'leftovers',
    async attempt(on, { attacker }) {
      const { id, ticket } = await begin(on, attacker, 'hello');
      await on.uploads.abort(attacker, id, {});
      await put(ticket.url, ticket.headers, 'hello');
      return remainsAfterSweep(on, `documents/${attacker}/`);
    },
  },
  {
    name: 'bytes brought back by a late PUT after removal for good',
    off: 'leftovers',
    async attempt(on, { attacker }) {
      const { id, ticket } = await begin(on, attacker, 'hello');
      await on.documents.trash(attacker, id, {});
      await on.documents.remove(attacker, id, {});
      await put(ticket.url, ticket.headers, 'hello');
      return remainsAfterSweep(on, `documents/${attacker}/`);
    },
  },
];

const LIES: [string, string, string, object][] = [
  ['another size', 'longer than promised', 'text/plain', { size: 5 }],
  ['another type', 'hello', 'text/html', {}],
  ['another checksum', 'hello', 'text/plain', { checksumSha256: sha256('other') }],
  ['a program called text', '\x7fELF\x02\x01\x01'.padEnd(64, '\0'), 'text/plain', {}],
  ['a page called a picture', '<!DOCTYPE html><script>alert(1)</script>', 'image/png', { contentType: 'image/png' }],
  ['a page behind the first bytes of a picture', 'GIF89a\x01\x00\x01\x00\x80/*<script>alert(1)</script>*/', 'image/gif', { contentType: 'image/gif' }],
];

/** Bytes that somebody else put there, as a stolen key could: S3's own checks are out of the way. */
export const verification: Attack[] = LIES.map(([name, bytes, storedType, promise]) => ({
  name: `publishing ${name}`,
  off: 'verification',
  async attempt(on, { attacker }) {
    const body = Buffer.from(bytes, 'latin1');
    const { document, upload } = await on.uploads.create(attacker, textInput(body.length, promise));
    if (upload.strategy !== 'single') return false;
    const [any] = await realSigner(on.config).sign([{ method: 'PUT', key: pathOf(uploadKeyOf(document)), headers: { 'content-type': storedType }, seconds: 900 }]);
    await put(any!.url, { 'content-type': storedType }, body);
    return passes(on.completions.complete(attacker, document.id, undefined, {}));
  },
}));

export const parts: Attack[] = [
  {
    name: 'a part longer than planned',
    off: 'signed part length',
    async attempt(on, { attacker }) {
      const { document } = await on.uploads.create(attacker, textInput(65 * MIB));
      const [part] = await on.multipart.sign(attacker, document.id, [5]);
      return put(part!.url, part!.headers, Buffer.alloc(2 * MIB));
    },
  },
  {
    name: 'the URL of one part, used for another',
    off: 'signature',
    async attempt(on, { attacker }) {
      const { document } = await on.uploads.create(attacker, textInput(65 * MIB));
      const [part] = await on.multipart.sign(attacker, document.id, [5]);
      const url = await tampered(on, 'PUT', part!.url, { 'content-length': String(MIB) }, { query: { partNumber: '6' } });
      return put(url, {}, Buffer.alloc(MIB));
    },
  },
  {
    name: "a part for another upload of the victim's",
    off: 'signature',
    async attempt(on, { attacker, victim }) {
      const mine = await on.uploads.create(attacker, textInput(65 * MIB));
      const other = await on.uploads.create(victim, textInput(65 * MIB));
      const [part] = await on.multipart.sign(attacker, mine.document.id, [5]);
      await on.multipart.sign(victim, other.document.id, [5]);
      const { upload } = await on.documents.get(victim, other.document.id);
      const change = { path: pathFor(victim, other.document.id, upload.id), query: { uploadId: upload.multipartId! } };
      return put(await tampered(on, 'PUT', part!.url, { 'content-length': String(MIB) }, change), {}, Buffer.alloc(MIB));
    },
  },
  {
    name: "Uppy's contract with the upload id of another document",
    off: 'ownership',
    async attempt(on, users) {
      const mine = await on.uploads.create(users.attacker, textInput(5));
      const other = await on.uploads.create(users.victim, textInput(65 * MIB));
      await on.multipart.sign(users.victim, other.document.id, [1]);
      const { upload } = await on.documents.get(users.victim, other.document.id);
      const key = on.off === 'ownership' ? other.document.id : mine.document.id;
      return passes(on.uppy.sign(ofOwner(on, users), { method: 'PUT', key, uploadId: upload.multipartId!, partNumber: 1 }));
    },
  },
  {
    name: "Uppy's contract with the victim's key",
    off: 'ownership',
    async attempt(on, users) {
      const { document } = await on.uploads.create(users.victim, textInput(5));
      return passes(on.uppy.sign(ofOwner(on, users), { method: 'PUT', key: pathOf(uploadKeyOf(document)) }));
    },
  },
];

export const states: Attack[] = [
  {
    name: 'completing after abort',
    off: 'upload state',
    async attempt(on, { attacker }) {
      const { id, ticket } = await begin(on, attacker, 'hello');
      await on.uploads.abort(attacker, id, {});
      await put(ticket.url, ticket.headers, 'hello');
      return passes(on.completions.complete(attacker, id, undefined, {}));
    },
  },
  {
    name: 'a new ticket after abort',
    off: 'upload state',
    async attempt(on, { attacker }) {
      const { id } = await begin(on, attacker, 'hello');
      await on.uploads.abort(attacker, id, {});
      return passes(on.uploads.ticket(attacker, id));
    },
  },
  {
    name: 'completing in the trash',
    off: 'trash',
    async attempt(on, { attacker }) {
      const { id, ticket } = await begin(on, attacker, 'hello');
      await put(ticket.url, ticket.headers, 'hello');
      await on.documents.trash(attacker, id, {});
      return passes(on.completions.complete(attacker, id, undefined, {}));
    },
  },
  {
    name: 'downloading from the trash',
    off: 'trash',
    async attempt(on, { attacker }) {
      const { id } = await publish(on, attacker, 'hello');
      await on.documents.trash(attacker, id, {});
      return passes(on.downloads.download(attacker, id, { disposition: 'attachment' }));
    },
  },
  {
    name: 'a share of what is in the trash',
    off: 'trash',
    async attempt(on, { attacker }) {
      const { id } = await publish(on, attacker, 'hello');
      const { token } = await on.shares.create(attacker, id, {});
      await on.documents.trash(attacker, id, {});
      return passes(on.shares.open(token));
    },
  },
  {
    name: 'ten changes at once, all of the same version',
    off: 'revision',
    async attempt(on, { attacker }) {
      const { id } = await publish(on, attacker, 'hello');
      const names = Array.from({ length: 10 }, (_, i) => `name ${i}`);
      const changed = await Promise.all(names.map((name) => passes(on.documents.patch(attacker, id, { name }, { ifMatch: '"2"' }))));
      return changed.filter(Boolean).length > 1;
    },
  },
];

export const limits: Attack[] = [
  {
    name: 'fifty completions at once beyond the bytes allowed',
    off: 'limits',
    async attempt(on, { attacker }) {
      const begun = await Promise.all(Array.from({ length: 50 }, () => begin(on, attacker, 'x'.repeat(100))));
      await Promise.all(begun.map(({ ticket }) => put(ticket.url, ticket.headers, 'x'.repeat(100))));
      await Promise.all(begun.map(({ id }) => passes(on.completions.complete(attacker, id, undefined, {}))));
      return (await on.documents.usage(attacker)).bytes > 1_000;
    },
  },
  {
    name: 'sixty pending uploads begun at once where fifty are allowed',
    off: 'limits',
    async attempt(on, { attacker }) {
      await Promise.all(Array.from({ length: 60 }, () => passes(on.uploads.create(attacker, textInput(1)))));
      return (await on.documents.usage(attacker)).pendingUploads > 50;
    },
  },
  {
    name: 'a file larger than allowed',
    off: 'limits',
    attempt: (on, { attacker }) => passes(on.uploads.create(attacker, textInput(2_000))),
  },
  {
    name: 'a new version beyond the bytes allowed',
    off: 'limits',
    async attempt(on, { attacker }) {
      const { id } = await publish(on, attacker, 'x'.repeat(600));
      return passes(on.versions.begin(attacker, id, { contentType: 'text/plain', size: 600 }, {}));
    },
  },
  {
    name: 'more downloads of a share than allowed, all at once',
    off: 'share limit',
    async attempt(on, { attacker }) {
      const { id } = await publish(on, attacker, 'hello');
      const { token } = await on.shares.create(attacker, id, { maxDownloads: 3 });
      const opened = await Promise.all(Array.from({ length: 20 }, () => passes(on.shares.open(token))));
      return opened.filter(Boolean).length > 3;
    },
  },
  {
    name: "guessing a share's password with many guesses at once",
    off: 'guess limit',
    async attempt(on, { attacker }) {
      const { id } = await publish(on, attacker, 'hello');
      const { token } = await on.shares.create(attacker, id, { password: 'k' });
      const guesses = Array.from({ length: 26 }, (_, i) => String.fromCharCode(122 - i));
      // Two windows may meet in one attack.
      const judged = await Promise.allSettled(guesses.map((guess) => on.shares.open(token, guess)));
      return judged.filter((one) => one.status === 'fulfilled' || one.reason.kind === 'wrong-password').length > 20;
    },
  },
];

export const foreigners: Attack[] = [
  foreign('reading', (on, user, id) => on.documents.get(user, id)),
  foreign('downloading', (on, user, id) => on.downloads.download(user, id, { disposition: 'attachment' })),
  foreign('renaming', (on, user, id) => on.documents.patch(user, id, { name: 'x' }, { ifMatch: '"2"' })),
  foreign('trashing', (on, user, id) => on.documents.trash(user, id, {})),
  foreign('restoring', (on, user, id) => on.documents.restore(user, id, {}), (on, user, id) => on.documents.trash(user, id, {})),
  foreign('removing', (on, user, id) => on.documents.remove(user, id, {}), (on, user, id) => on.documents.trash(user, id, {})),
  foreign('sharing', (on, user, id) => on.shares.create(user, id, {})),
  foreign('listing shares', (on, user, id) => on.shares.list(user, id, { limit: 10 })),
  foreign('a new version', (on, user, id) => on.versions.begin(user, id, { contentType: 'text/plain', size: 1 }, {})),
  foreign('its history', (on, user, id) => on.versions.history(user, id)),
  foreignPending('another ticket', (on, user, id) => on.uploads.ticket(user, id)),
  foreignPending('completing', (on, user, id) => on.completions.complete(user, id, undefined, {})),
  foreignPending('aborting', (on, user, id) => on.uploads.abort(user, id, {})),
  foreignPending('signing parts', (on, user, id) => on.multipart.sign(user, id, [1]), 65 * MIB),
  foreignPending('listing parts', (on, user, id) => on.multipart.stored(user, id)),
];

export const ATTACKS: Attack[] = [...tickets, ...verification, ...parts, ...states, ...limits, ...foreigners];
