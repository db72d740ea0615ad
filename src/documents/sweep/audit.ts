import { Injectable } from '@nestjs/common';
import { filterKeyOf, filtersOf } from '../document-filter.js';
import { usageOf, type StoredDocument, type Usage } from '../stored-document.js';
import { FileStore, pathOf } from '../uploads/file-store.js';
import { DueItems, type AuditRow } from './due-items.js';

/** What bucket and table disagree about. All lists are empty when they agree. */
export interface AuditReport {
  /** Files that nothing refers to. */
  orphans: string[];
  /** Unfinished multipart uploads that no open upload refers to. */
  strayUploads: string[];
  /** Published bytes that the bucket does not have, or has in another size. */
  losses: string[];
  /** Documents whose rows do not belong together. */
  inconsistencies: string[];
  /** Users whose usage is not the sum of their documents. */
  wrongUsage: string[];
}

/** Everything that the table expects to be in the bucket. */
class Expectations {
  readonly sizes = new Map<string, number>();
  readonly open = new Set<string>();
  readonly documents = new Map<string, StoredDocument>();
  readonly contents = new Map<string, Set<string>>();
  readonly listed = new Map<string, Set<string>>();
  readonly usage = new Map<string, Usage>();
  readonly leftovers: string[] = [];

  add(row: AuditRow): void {
    switch (row.kind) {
      case 'document': {
        const { userId, id, upload } = row.document;
        this.documents.set(`${userId}/${id}`, row.document);
        if (upload.state === 'open') this.open.add(pathOf({ userId, documentId: id, versionId: upload.id }));
        break;
      }
      case 'content': {
        const { userId, documentId, content } = row;
        this.sizes.set(pathOf({ userId, documentId, versionId: content.id }), content.size);
        collect(this.contents, `${userId}/${documentId}`, content.id);
        break;
      }
      case 'leftover': {
        const { userId, documentId, versionId = '' } = row.leftover;
        this.leftovers.push(pathOf({ userId, documentId, versionId }));
        break;
      }
      case 'listed':
        collect(this.listed, `${row.userId}/${row.documentId}`, row.filterKey);
        break;
      case 'usage':
        this.usage.set(row.userId, row.usage);
    }
  }

  isLeftover(path: string): boolean {
    return this.leftovers.some((prefix) => path.startsWith(prefix));
  }
}

const collect = (map: Map<string, Set<string>>, name: string, value: string): void => {
  const set = map.get(name) ?? new Set();
  map.set(name, set.add(value));
};

/** Compares the bucket with the tables. Reads all of both: for an operator, not for a schedule. */
@Injectable()
export class Audit {
  constructor(
    private readonly items: DueItems,
    private readonly files: FileStore,
  ) {}

  async run(): Promise<AuditReport> {
    const expected = new Expectations();
    for await (const row of this.items.everything()) expected.add(row);
    const { orphans, strayUploads, found } = await this.compareFiles(expected);
    const losses = [...expected.sizes]
      .filter(([path, size]) => found.get(path) !== size && !expected.isLeftover(path))
      .map(([path]) => path);
    return { orphans, strayUploads, losses, inconsistencies: inconsistenciesOf(expected), wrongUsage: wrongUsageOf(expected) };
  }

  private async compareFiles(expected: Expectations) {
    const found = new Map<string, number>();
    const orphans: string[] = [];
    for await (const { path, size } of this.files.everyFile()) {
      found.set(path, size);
      if (!expected.sizes.has(path) && !expected.open.has(path) && !expected.isLeftover(path)) orphans.push(path);
    }
    const strayUploads: string[] = [];
    for await (const path of this.files.everyUnfinished()) {
      if (!expected.open.has(path) && !expected.isLeftover(path)) strayUploads.push(path);
    }
    return { found, orphans, strayUploads };
  }
}

function inconsistenciesOf({ documents, contents, listed, leftovers }: Expectations): string[] {
  const broken: string[] = [];
  for (const [name, document] of documents) {
    const { contentId } = document;
    if (contentId !== undefined && !contents.get(name)?.has(contentId)) broken.push(`${name}: its content is not in its history`);
    const wanted = filtersOf(document).map(filterKeyOf).sort().join();
    if (wanted !== [...(listed.get(name) ?? [])].sort().join()) broken.push(`${name}: its lists are not those of its labels`);
  }
  const isKnown = (name: string) => documents.has(name) || leftovers.includes(`documents/${name}/`);
  for (const name of [...contents.keys(), ...listed.keys()]) if (!isKnown(name)) broken.push(`${name}: rows without a document`);
  return broken;
}

function wrongUsageOf({ documents, usage }: Expectations): string[] {
  const sums = new Map<string, Usage>();
  for (const document of documents.values()) {
    const sum = sums.get(document.userId) ?? { documents: 0, bytes: 0, pendingUploads: 0 };
    const own = usageOf(document);
    sums.set(document.userId, {
      documents: sum.documents + own.documents,
      bytes: sum.bytes + own.bytes,
      pendingUploads: sum.pendingUploads + own.pendingUploads,
    });
  }
  const nothing: Usage = { documents: 0, bytes: 0, pendingUploads: 0 };
  const users = new Set([...sums.keys(), ...usage.keys()]);
  return [...users].filter((userId) => {
    const [counted, stored] = [sums.get(userId) ?? nothing, usage.get(userId) ?? nothing];
    return counted.documents !== stored.documents || counted.bytes !== stored.bytes || counted.pendingUploads !== stored.pendingUploads;
  });
}
