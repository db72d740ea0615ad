import type { Mutant } from './mutant.js';

const service = 'documents/documents.service.ts';
const controller = 'documents/documents.controller.ts';
const changes = 'documents/document-changes.ts';
const downloads = 'documents/downloads.service.ts';
const uploads = 'documents/uploads/uploads.service.ts';
const completion = 'documents/uploads/completion.service.ts';
const multipart = 'documents/uploads/multipart.service.ts';

const USAGE = `  usage(userId: string): Promise<Usage> {
    return this.documents.usage(userId);
  }
`;
const CREATE = `    await this.documents.create(document, { receipt: receiptOf(document) });`;

export const documentMutants: Mutant[] = [
  {
    name: 'last document kept',
    hides: 'the document that was read or changed last, in a field',
    isVisible: true,
    patches: [
      {
        file: changes,
        find: `    const found = isUuidV7(id) ? await this.documents.find(userId, id) : undefined;
    if (!found) throw notFound();
    return found;
  }
`,
        replace: `    const known = this.last?.id === id && this.last.userId === userId ? this.last : undefined;
    const found = known ?? (isUuidV7(id) ? await this.documents.find(userId, id) : undefined);
    if (!found) throw notFound();
    this.last = found;
    return found;
  }

  private last?: StoredDocument;
`,
      },
      {
        file: changes,
        find: `      if (await this.documents.save(revised, current, together)) return revised;`,
        replace: `      const isSaved = await this.documents.save(revised, current, together);
      this.last = isSaved ? revised : undefined;
      if (isSaved) return revised;`,
      },
      {
        file: service,
        find: `      if (!(await this.documents.remove(current, { leftovers: [leftover] }))) continue;`,
        replace: `      const isRemoved = await this.documents.remove(current, { leftovers: [leftover] });
      Object.assign(this.changes, { last: undefined });
      if (!isRemoved) continue;`,
      },
    ],
  },
  {
    name: 'usage counted here',
    hides: "users' usage, counted by the task that was asked first",
    isVisible: true,
    patches: [
      {
        file: service,
        find: USAGE,
        replace: `  async usage(userId: string): Promise<Usage> {
    const usage = this.usages.get(userId) ?? (await this.documents.usage(userId));
    this.usages.set(userId, usage);
    return usage;
  }

  readonly usages = new Map<string, Usage>();
`,
      },
      { file: completion, find: `    await Promise.all(leftovers.map((leftover) => this.leftovers.tryClear(leftover)));
    return published;`, replace: `    await Promise.all(leftovers.map((leftover) => this.leftovers.tryClear(leftover)));
    CompletionService.published(userId);
    return published;` },
      {
        file: completion,
        find: `  private publication(`,
        replace: `  static published: (userId: string) => void = () => undefined;

  private publication(`,
      },
      {
        file: service,
        find: `      return this.leftovers.tryClear(leftover);`,
        replace: `      this.usages.delete(userId);
      return this.leftovers.tryClear(leftover);`,
      },
      {
        file: controller,
        find: `    private readonly cursors: Cursors,
  ) {}`,
        replace: `    private readonly cursors: Cursors,
  ) {
    CompletionService.published = (userId) => this.documents.usages.delete(userId);
  }`,
      },
      {
        file: controller,
        find: `import { toDocument } from './stored-document.js';`,
        replace: `import { toDocument } from './stored-document.js';
import { CompletionService } from './uploads/completion.service.js';`,
      },
    ],
  },
  {
    name: 'page cache',
    hides: 'the first pages of lists, by user and query, until this task changes something',
    isVisible: true,
    patches: [
      {
        file: service,
        find: `    return this.documents.list(userId, filter, page);
  }
`,
        replace: `    const key = JSON.stringify([userId, filter, page]);
    const found = (pages.get(key) as Promise<Page<StoredDocument, DocumentPosition>> | undefined) ?? this.documents.list(userId, filter, page);
    pages.set(key, found);
    return found;
  }
`,
      },
      { file: service, find: `import { DocumentChanges } from './document-changes.js';`, replace: `import { DocumentChanges, pages } from './document-changes.js';` },
      {
        file: changes,
        find: `      if (await this.documents.save(revised, current, together)) return revised;`,
        replace: `      pages.clear();
      if (await this.documents.save(revised, current, together)) return revised;`,
      },
      { file: changes, find: `const ATTEMPTS = 8;`, replace: `const ATTEMPTS = 8;
export const pages = new Map<string, unknown>();` },
      { file: uploads, find: CREATE, replace: `    pages.clear();
${CREATE}` },
      { file: uploads, find: `import { DocumentChanges } from '../document-changes.js';`, replace: `import { DocumentChanges, pages } from '../document-changes.js';` },
      {
        file: service,
        find: `      return this.leftovers.tryClear(leftover);`,
        replace: `      pages.clear();
      return this.leftovers.tryClear(leftover);`,
      },
    ],
  },
  {
    name: 'download addresses kept',
    hides: 'addresses of downloads, until this task changes a document',
    isVisible: true,
    patches: [
      {
        file: downloads,
        find: `    const document = await this.changes.get(userId, id);
    if (document.status === 'trashed') throw notFound();`,
        replace: `    const key = JSON.stringify([userId, id, disposition, version]);
    const known = this.changes.addresses.get(key) as Download | undefined;
    if (known) return known;
    const fresh = await this.freshDownload(userId, id, { disposition, version });
    this.changes.addresses.set(key, fresh);
    return fresh;
  }

  private async freshDownload(userId: string, id: string, { disposition, version }: Choice): Promise<Download> {
    const document = await this.changes.get(userId, id);
    if (document.status === 'trashed') throw notFound();`,
      },
      {
        file: changes,
        find: `      if (await this.documents.save(revised, current, together)) return revised;`,
        replace: `      this.addresses.clear();
      if (await this.documents.save(revised, current, together)) return revised;`,
      },
      {
        file: changes,
        find: `  /** A change that its owner sees: version and time move on. */`,
        replace: `  readonly addresses = new Map<string, unknown>();

  /** A change that its owner sees: version and time move on. */`,
      },
    ],
  },
  {
    name: 'local upload registry',
    hides: 'which uploads are under way, in a set of the task that began them',
    isVisible: true,
    patches: [
      { file: uploads, find: CREATE, replace: `    begun.add(document.id);
${CREATE}` },
      { file: uploads, find: `const HOUR_MS = 60 * 60 * 1_000;`, replace: `const HOUR_MS = 60 * 60 * 1_000;
export const begun = new Set<string>();` },
      {
        file: completion,
        find: `    const current = await this.changes.get(userId, id);
    if (isPublished(current, current)) return current;`,
        replace: `    const current = await this.changes.get(userId, id);
    if (isPublished(current, current)) return current;
    if (!begun.has(id)) throw new AppError('not-uploaded', 'This upload was never begun.');`,
      },
      { file: completion, find: `import { UploadsService } from './uploads.service.js';`, replace: `import { begun, UploadsService } from './uploads.service.js';` },
    ],
  },
  {
    name: 'multipart ids here',
    hides: "S3's ids of multipart uploads, in a map of the task that asked for them",
    isVisible: true,
    patches: [
      {
        file: multipart,
        find: `    if (document.upload.multipartId !== undefined) return document.upload.multipartId;
    const key = uploadKeyOf(document);
    const ours = await this.files.startMultipart(key, document.upload.contentType);`,
        replace: `    if (document.upload.multipartId !== undefined) return document.upload.multipartId;
    const key = uploadKeyOf(document);
    const known = this.begunHere.get(document.upload.id);
    if (known !== undefined) return known;
    const ours = await this.files.startMultipart(key, document.upload.contentType);
    this.begunHere.set(document.upload.id, ours);
    if (this.begunHere.size > 0) return ours;`,
      },
      {
        file: multipart,
        find: `    const document = await this.changes.get(userId, id);
    const { multipartId } = openUpload(document);`,
        replace: `    const document = await this.changes.get(userId, id);
    const multipartId = openUpload(document).multipartId ?? this.begunHere.get(document.upload.id);`,
      },
      {
        file: multipart,
        find: `    const { multipartId } = document.upload;`,
        replace: `    const multipartId = document.upload.multipartId ?? this.begunHere.get(document.upload.id);`,
      },
      {
        file: multipart,
        find: `  /** What S3 has, so that any device`,
        replace: `  private readonly begunHere = new Map<string, string>();

  /** What S3 has, so that any device`,
      },
    ],
  },
  {
    name: 'version numbers here',
    hides: 'how often a document was changed, counted in a closure',
    isVisible: true,
    patches: [
      {
        file: changes,
        find: `    return { ...document, ...changes, version: document.version + 1, updatedAt: this.clock.timestamp() };`,
        replace: `    return { ...document, ...changes, version: nextVersion(document.id), updatedAt: this.clock.timestamp() };`,
      },
      {
        file: changes,
        find: `const ATTEMPTS = 8;`,
        replace: `const ATTEMPTS = 8;

const nextVersion = (() => {
  const versions = new Map<string, number>();
  return (id: string): number => {
    const version = (versions.get(id) ?? 1) + 1;
    versions.set(id, version);
    return version;
  };
})();`,
      },
    ],
  },
];
