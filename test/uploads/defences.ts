import type { Config } from '../../src/config/config.js';
import { DocumentRepository, type Leftover, type Together } from '../../src/documents/document.repository.js';
import type { Limits } from '../../src/documents/limits.js';
import type { StoredDocument } from '../../src/documents/stored-document.js';
import { pathOf, type FileKey, type FileStore, type Promised, type SignedRequest } from '../../src/documents/uploads/file-store.js';
import { task, type Replacements, type Task } from './world.js';
import { S3UrlSigner } from '../../src/aws/s3-url-signer.js';

/** What keeps an attack from succeeding. A suite switches one off at a time, to see that it is the one that matters. */
export type Defence =
  | 'signature' | 'signed length' | 'signed type' | 'single write' | 'signed checksum' | 'signed part length'
  | 'verification' | 'ownership' | 'upload state' | 'trash' | 'revision' | 'limits' | 'guess limit' | 'share limit' | 'leftovers';

/** A task with one defence less. Proxies change what the real parts answer; all else stays as it is. */
export function fortress(config: Config, off?: Defence, limits?: Limits): Fortress {
  const without = task(config, { ...(limits && { limits }), ...replacementsFor(config, off) });
  return { ...without, off, config };
}
export type Fortress = Task & { off?: Defence; config: Config };

function replacementsFor(config: Config, off: Defence | undefined): Replacements {
  switch (off) {
    case 'limits':
      return { limits: { bytes: Number.MAX_SAFE_INTEGER, documents: 1e9, pendingUploads: 1e9, fileBytes: Number.MAX_SAFE_INTEGER } };
    case 'upload state':
      return { repository: (real) => seeing(real, (document) => ({ ...document, status: 'pending', upload: { ...document.upload, state: 'open' } })) };
    case 'trash':
      return { repository: (real) => seeing(real, (document) => ({ ...document, status: document.status === 'trashed' ? document.restoreTo ?? 'ready' : document.status })) };
    case 'revision':
      return { repository: heedless };
    case 'leftovers':
      return { repository: forgetful };
    case 'guess limit':
      return { shares: (real) => proxy(real, { takeGuess: async () => true }) };
    case 'share limit':
      return { shares: (real) => proxy(real, { countDownload: async () => true }) };
    case 'verification':
      return { files: trusting };
    case 'signed length':
    case 'signed type':
    case 'single write':
    case 'signed checksum':
    case 'signed part length':
      return { files: (real) => laxly(real, config, off) };
    default:
      return {};
  }
}

const proxy = <T extends object>(real: T, changes: Partial<T>): T =>
  new Proxy(real, {
    get: (target, name) => {
      const value = (name in changes ? Reflect.get(changes, name) : Reflect.get(target, name)) as unknown;
      return typeof value === 'function' ? (value as () => unknown).bind(name in changes ? changes : target) : value;
    },
  });

const seeing = (real: DocumentRepository, look: (document: StoredDocument) => StoredDocument): DocumentRepository =>
  proxy(real, {
    find: async (userId: string, id: string) => {
      const found = await real.find(userId, id);
      return found && look(found);
    },
  });

/** Stores over whatever is there: last write wins. */
const heedless = (real: DocumentRepository): DocumentRepository =>
  proxy(real, {
    save: async (next: StoredDocument, previous: StoredDocument, together?: Together) => {
      for (;;) {
        const revision = (await real.find(next.userId, next.id))?.revision ?? 0;
        if (await real.save({ ...next, revision: revision + 1 }, { ...previous, revision }, together)) return true;
      }
    },
  });

const forgetful = (real: DocumentRepository): DocumentRepository => {
  const without = (together: Together = {}): Together => ({ ...together, leftovers: [] as Leftover[] });
  return proxy(real, {
    save: (next: StoredDocument, previous: StoredDocument, together?: Together) => real.save(next, previous, without(together)),
    remove: (document: StoredDocument, together: Together) => real.remove(document, without(together)),
  });
};

const FIRST_BYTES: Record<string, string> = {
  'image/png': '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'.padEnd(40, '\0'),
  'image/gif': 'GIF89a'.padEnd(40, '\0'),
};

/** Finds everything as promised, as peers do that only sign. */
function trusting(real: FileStore): FileStore {
  const promises = new Map<string, Promised>();
  const lax = proxy(real, {
    signUpload: async (key: FileKey, promised: Promised) => {
      promises.set(pathOf(key), promised);
      return real.signUpload(key, promised);
    },
    stat: async (key: FileKey) => {
      const stored = await real.stat(key);
      return stored && { ...stored, ...promises.get(pathOf(key)) };
    },
    head: async (key: FileKey) => Buffer.from(FIRST_BYTES[promises.get(pathOf(key))?.contentType ?? ''] ?? '', 'latin1'),
    hash: async (key: FileKey) => promises.get(pathOf(key))?.checksumSha256 ?? '',
  });
  return lax;
}

/** Signs all but one of the headers that bind a ticket to its promise. */
function laxly(real: FileStore, config: Config, off: Defence): FileStore {
  const dropped = { 'signed length': 'content-length', 'signed type': 'content-type', 'single write': 'if-none-match', 'signed checksum': 'x-amz-checksum-sha256' } as Partial<Record<Defence, string>>;
  return proxy(real, {
    signUpload: async (key: FileKey, { contentType, size, checksumSha256 }: Promised): Promise<SignedRequest> => {
      const all: Record<string, string> = {
        'content-type': contentType,
        'content-length': String(size),
        'if-none-match': '*',
        ...(checksumSha256 && { 'x-amz-checksum-sha256': checksumSha256 }),
      };
      delete all[dropped[off] ?? ''];
      const { 'content-length': _length, ...headers } = all;
      const [signed] = await realSigner(config).sign([{ method: 'PUT', key: pathOf(key), headers: all, seconds: 900 }]);
      return { method: 'PUT', url: signed!.url, headers, expiresAt: new Date(signed!.expiresAt).toISOString() };
    },
    ...(off === 'signed part length' && {
      signParts: (key, multipartId, parts) => real.signParts(key, multipartId, parts.map(({ partNumber }) => ({ partNumber }))),
    }),
  });
}

/** Signs anything, as whoever holds the keys could: what a tampered URL would need. */
export const realSigner = (config: Config, now = () => Date.now()): S3UrlSigner => {
  const credentials = { accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? '', secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? '' };
  const target = { region: config.AWS_REGION, bucket: config.DOCUMENTS_BUCKET, endpoint: config.AWS_ENDPOINT_URL_S3 ?? config.AWS_ENDPOINT_URL };
  return new S3UrlSigner(target, async () => credentials, now);
};
