import { createSecretKey } from 'node:crypto';
import { S3UrlSigner } from '../../src/aws/s3-url-signer.js';
import { Clock } from '../../src/common/clock.js';
import { Secrets, type SecretSet } from '../../src/common/secrets.js';
import { UuidIds } from '../../src/common/ids.js';
import { parseConfig, type Config } from '../../src/config/config.js';
import { DocumentChanges } from '../../src/documents/document-changes.js';
import type { DocumentRepository } from '../../src/documents/document.repository.js';
import { DocumentsService } from '../../src/documents/documents.service.js';
import { DownloadsService } from '../../src/documents/downloads.service.js';
import { DynamoDocumentRepository } from '../../src/documents/dynamo-document.repository.js';
import { Leftovers } from '../../src/documents/leftovers.js';
import type { Limits } from '../../src/documents/limits.js';
import { DynamoShareRepository } from '../../src/documents/shares/dynamo-share.repository.js';
import type { ShareRepository } from '../../src/documents/shares/share.repository.js';
import { OpenOwners } from '../../src/documents/shares/memory-owners.js';
import { SharesService } from '../../src/documents/shares/shares.service.js';
import { Audit } from '../../src/documents/sweep/audit.js';
import { DocumentSweeper } from '../../src/documents/sweep/document-sweeper.js';
import { DynamoDueItems } from '../../src/documents/sweep/dynamo-due-items.js';
import { CompletionService } from '../../src/documents/uploads/completion.service.js';
import type { FileStore } from '../../src/documents/uploads/file-store.js';
import { MultipartService } from '../../src/documents/uploads/multipart.service.js';
import { S3FileStore } from '../../src/documents/uploads/s3-file-store.js';
import { UploadsService } from '../../src/documents/uploads/uploads.service.js';
import { UppyService } from '../../src/documents/uploads/uppy.service.js';
import { VersionsService } from '../../src/documents/versions/versions.service.js';
import { DynamoIdempotencyRecords } from '../../src/idempotency/dynamo-idempotency-records.js';
import { Idempotency } from '../../src/idempotency/idempotency.js';
import { Keyring } from '../../src/idempotency/keyring.js';
import { LoopTurns } from '../../src/resilience/loop-turns.js';
import { ownEnvironment } from '../support/own-cloud.js';
import { patientClients, type Clients } from '../support/patience.js';

/** Real time, moved ahead at will: the sweeper's future. */
export class MovedClock extends Clock {
  ahead = 0;

  now(): number {
    return Date.now() + this.ahead;
  }
}

export const ownCloud = async (): Promise<Config> => parseConfig(await ownEnvironment());

export const LIMITS: Limits = { bytes: 2 ** 40, documents: 1_000, pendingUploads: 1_000, fileBytes: 2 ** 40 };

/** What a suite may put in the place of a part: to weaken a defence, or to die at a call. */
export interface Replacements {
  limits?: Partial<Limits>;
  repository?: (real: DocumentRepository) => DocumentRepository;
  files?: (real: FileStore) => FileStore;
  shares?: (real: ShareRepository) => ShareRepository;
  clients?: (clients: Clients) => void;
}

/** The same for all tasks, as the real ones are. */
class FixedSecrets extends Secrets {
  current = (): SecretSet => ({ signingKeys: { current: createSecretKey(Buffer.alloc(32, 'k')) }, cache: {} });
}
const secrets = new FixedSecrets();

/** One task's services over the real adapters. */
export function task(config: Config, replacements: Replacements = {}) {
  const { db, s3 } = patientClients(config);
  replacements.clients?.({ db, s3 });
  const limits = { ...LIMITS, ...replacements.limits };
  const clock = new MovedClock();
  const ids = new UuidIds();
  const tables = { documents: config.DOCUMENTS_TABLE, receipts: config.IDEMPOTENCY_TABLE };
  const target = { region: config.AWS_REGION, bucket: config.DOCUMENTS_BUCKET, endpoint: config.AWS_ENDPOINT_URL_S3 ?? config.AWS_ENDPOINT_URL };
  const signer = new S3UrlSigner(target, () => s3.config.credentials(), () => Date.now());
  const realRepository = new DynamoDocumentRepository(db, tables, limits);
  const repository = replacements.repository?.(realRepository) ?? realRepository;
  const realFiles = new S3FileStore(s3, config.DOCUMENTS_BUCKET, signer);
  const files = replacements.files?.(realFiles) ?? realFiles;
  const realShares = new DynamoShareRepository(db, tables);
  const shareRepository = replacements.shares?.(realShares) ?? realShares;
  const items = new DynamoDueItems(db, config.DOCUMENTS_TABLE);
  const changes = new DocumentChanges(repository, clock);
  const leftovers = new Leftovers(repository, shareRepository, files, clock);
  const documents = new DocumentsService(repository, changes, leftovers, clock);
  const uploads = new UploadsService(repository, changes, files, leftovers, limits, ids, clock);
  const multipart = new MultipartService(changes, uploads, files, new LoopTurns());
  const downloads = new DownloadsService(repository, changes, files);
  return {
    clock, signer, repository, files, documents, uploads, multipart, downloads, db,
    completions: new CompletionService(repository, changes, files, uploads, multipart, leftovers),
    uppy: new UppyService(changes, uploads, files),
    versions: new VersionsService(repository, changes, uploads, files, clock),
    shares: new SharesService(shareRepository, repository, changes, downloads, new OpenOwners(), ids, clock),
    sweeper: new DocumentSweeper(items, repository, documents, uploads, leftovers, shareRepository, clock),
    audit: new Audit(items, files),
    idempotency: new Idempotency(new DynamoIdempotencyRecords(db, config.IDEMPOTENCY_TABLE), new Keyring(secrets), clock),
  };
}

export type Task = ReturnType<typeof task>;

export const textInput = (size: number, changes: object = {}) => ({ name: 'a.txt', contentType: 'text/plain', size, tags: [], ...changes });

/** Sends bytes as signed; the status tells what S3 made of it. */
export async function send(method: string, url: string, headers: Record<string, string> = {}, body?: Uint8Array | string): Promise<Response> {
  return fetch(url, { method, headers, ...(body !== undefined && { body: body as never }) });
}

/** A pending document with the ticket for its bytes. */
export async function begin(by: Task, userId: string, bytes: string | Buffer, changes: object = {}) {
  const { document, upload } = await by.uploads.create(userId, textInput(Buffer.byteLength(bytes), changes));
  if (upload.strategy !== 'single') throw new Error('The suite expects a single upload.');
  return { id: document.id, document, ticket: upload };
}

/** A document that is ready. */
export async function publish(by: Task, userId: string, bytes: string, changes: object = {}) {
  const begun = await begin(by, userId, bytes, changes);
  await send('PUT', begun.ticket.url, begun.ticket.headers, bytes);
  await by.completions.complete(userId, begun.id, undefined, {});
  return begun;
}
