import { Clock } from '../common/clock.js';
import { UuidIds } from '../common/ids.js';
import { LoopTurns } from '../resilience/loop-turns.js';
import { DocumentChanges } from './document-changes.js';
import { DocumentsService } from './documents.service.js';
import { DownloadsService } from './downloads.service.js';
import { Leftovers } from './leftovers.js';
import type { Limits } from './limits.js';
import { MemoryDocumentRepository } from './memory-document.repository.js';
import { OpenOwners } from './shares/memory-owners.js';
import { MemoryShareRepository } from './shares/memory-share.repository.js';
import { SharesService } from './shares/shares.service.js';
import { CompletionService } from './uploads/completion.service.js';
import { MemoryFileStore } from './uploads/memory-file-store.js';
import { MultipartService } from './uploads/multipart.service.js';
import { UploadsService } from './uploads/uploads.service.js';
import { VersionsService } from './versions/versions.service.js';

export class HeldClock extends Clock {
  at = Date.parse('2026-01-02T03:04:05.678Z');

  now(): number {
    return this.at;
  }

  pass(milliseconds: number): void {
    this.at += milliseconds;
  }
}

const GENEROUS: Limits = { bytes: 2 ** 40, documents: 1_000, pendingUploads: 100, fileBytes: 2 ** 40 };

/** The feature's services over fakes, with time held still. */
export function documentsFixture(limits: Partial<Limits> = {}) {
  const clock = new HeldClock();
  const ids = new UuidIds();
  const allowed = { ...GENEROUS, ...limits };
  const repository = new MemoryDocumentRepository(allowed);
  const files = new MemoryFileStore();
  const shareRepository = new MemoryShareRepository();
  const owners = new OpenOwners();
  const changes = new DocumentChanges(repository, clock);
  const leftovers = new Leftovers(repository, shareRepository, files, clock);
  const uploads = new UploadsService(repository, changes, files, leftovers, allowed, ids, clock);
  const multipart = new MultipartService(changes, uploads, files, new LoopTurns());
  const downloads = new DownloadsService(repository, changes, files);
  return {
    clock,
    repository,
    owners,
    files,
    uploads,
    multipart,
    downloads,
    documents: new DocumentsService(repository, changes, leftovers, clock),
    completions: new CompletionService(repository, changes, files, uploads, multipart, leftovers),
    versions: new VersionsService(repository, changes, uploads, files, clock),
    shares: new SharesService(shareRepository, repository, changes, downloads, owners, ids, clock),
  };
}
