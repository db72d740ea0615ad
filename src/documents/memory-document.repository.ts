import { AppError } from '../common/app-error.js';
import type { Page } from '../common/page.js';
import { MemoryIdempotencyRecords } from '../idempotency/memory-idempotency-records.js';
import { requestInProgress } from '../idempotency/receipt.js';
import { matches, type DocumentFilter } from './document-filter.js';
import type { Document } from './document.js';
import { DocumentRepository, type DocumentPageRequest, type DocumentPosition, type Leftover, type Together } from './document.repository.js';
import { wantedBy, type DocumentChange } from './document-change.js';
import { quotaError, quotas, type Limits } from './limits.js';
import { toDocument, usageOf, type Content, type StoredDocument, type Usage } from './stored-document.js';

/** The fake: documents of one process, for tests of what stands on the port. */
export class MemoryDocumentRepository extends DocumentRepository {
  private readonly byKey = new Map<string, StoredDocument>();
  private readonly contents = new Map<string, Content[]>();
  readonly leftovers: Leftover[] = [];

  constructor(
    private readonly limits: Limits,
    private readonly receipts = new MemoryIdempotencyRecords(),
  ) {
    super();
  }

  async find(userId: string, id: string): Promise<StoredDocument | undefined> {
    return structuredClone(this.byKey.get(`${userId}/${id}`));
  }

  async create(document: StoredDocument, together: Together = {}): Promise<void> {
    if (this.byKey.has(`${document.userId}/${document.id}`)) throw new AppError('conflict', 'The document exists already.');
    this.store({ next: document, together });
  }

  async save(next: StoredDocument, previous: StoredDocument, together: Together = {}): Promise<boolean> {
    if (this.byKey.get(`${next.userId}/${next.id}`)?.revision !== previous.revision) return false;
    this.store({ next, previous, together });
    return true;
  }

  async remove(document: StoredDocument, together: Together): Promise<boolean> {
    const stored = this.byKey.get(`${document.userId}/${document.id}`);
    if (stored && stored.revision !== document.revision) return false;
    this.byKey.delete(`${document.userId}/${document.id}`);
    this.leftovers.push(...(together.leftovers ?? []));
    return true;
  }

  async list(userId: string, filter: DocumentFilter, { limit, after }: DocumentPageRequest): Promise<Page<Document, DocumentPosition>> {
    const rest = this.of(userId)
      .filter((document) => matches(document, filter) && (!after || document.id < after.after))
      .sort((a, b) => (a.id < b.id ? 1 : -1));
    const items = rest.slice(0, limit);
    const last = items.at(-1);
    return { items: structuredClone(items.map(toDocument)), ...(last && rest.length > limit && { next: { after: last.id } }) };
  }

  async usage(userId: string): Promise<Usage> {
    const total: Usage = { documents: 0, bytes: 0, pendingUploads: 0 };
    for (const used of this.of(userId).map(usageOf)) for (const quota of quotas) total[quota] += used[quota];
    return total;
  }

  async history(userId: string, id: string): Promise<Content[]> {
    return structuredClone(this.contents.get(`${userId}/${id}`) ?? []).sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  async removeHistory(userId: string, id: string): Promise<void> {
    this.contents.delete(`${userId}/${id}`);
  }

  private of(userId: string): StoredDocument[] {
    return [...this.byKey.values()].filter((document) => document.userId === userId);
  }

  /** Synchronous, so that nothing comes between the check of the limits and the write. */
  private store(change: DocumentChange & { next: StoredDocument }): void {
    const { next, together = {} } = change;
    this.requireRoom(change, next.userId);
    if (together.receipt && !this.receipts.isHeld(together.receipt)) throw requestInProgress();
    if (together.receipt) this.receipts.keep(together.receipt);
    const key = `${next.userId}/${next.id}`;
    this.byKey.set(key, structuredClone(next));
    const dropped = new Set((together.dropped ?? []).map(({ id }) => id));
    const kept = (this.contents.get(key) ?? []).filter(({ id }) => !dropped.has(id));
    this.contents.set(key, [...kept, ...(together.published ? [together.published] : [])]);
    this.leftovers.push(...(together.leftovers ?? []));
  }

  private requireRoom(change: DocumentChange, userId: string): void {
    const used: Usage = { documents: 0, bytes: 0, pendingUploads: 0 };
    for (const usage of this.of(userId).map(usageOf)) for (const quota of quotas) used[quota] += usage[quota];
    const wanted = wantedBy(change);
    const isOver = quotas.some((quota) => wanted[quota] > 0 && used[quota] + wanted[quota] > this.limits[quota]);
    if (isOver) throw quotaError(used, wanted, this.limits);
  }
}
