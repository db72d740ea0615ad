import { randomUUID } from 'node:crypto';
import {
  GetCommand,
  QueryCommand,
  type DynamoDBDocumentClient,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { batchGet } from '../aws/batch-get.js';
import { transact } from '../aws/transact.js';
import { AppError } from '../common/app-error.js';
import type { Page } from '../common/page.js';
import { keys, SHOWN, toContent, toListedDocument, toStoredDocument, type Item } from './document-items.js';
import { filterKeyOf, isUnfiltered, matches, type DocumentFilter } from './document-filter.js';
import type { Document } from './document.js';
import { DocumentRepository, type DocumentPageRequest, type DocumentPosition, type Together } from './document.repository.js';
import type { DocumentChange } from './document-change.js';
import { documentWrites, judgeRefusal } from './document-writes.js';
import type { Limits } from './limits.js';
import type { Content, StoredDocument, Usage } from './stored-document.js';

/**
 * Table: hash `pk` (the owner), range `sk`. The local index `live` lists what is not in the trash with one strongly
 * consistent query; each filter that a document matches has a row of keys, written in the document's own transaction.
 */
export class DynamoDocumentRepository extends DocumentRepository {
  constructor(
    private readonly db: DynamoDBDocumentClient,
    private readonly tables: { documents: string; receipts: string },
    private readonly limits: Limits,
  ) {
    super();
  }

  async find(userId: string, id: string): Promise<StoredDocument | undefined> {
    const item = await this.get(userId, keys.document(id));
    return item && toStoredDocument(item);
  }

  async create(document: StoredDocument, together: Together = {}): Promise<void> {
    if (!(await this.write({ next: document, together }))) throw new AppError('conflict', 'The document exists already.');
  }

  save(next: StoredDocument, previous: StoredDocument, together: Together = {}): Promise<boolean> {
    return this.write({ next, previous, together });
  }

  remove(document: StoredDocument, together: Together): Promise<boolean> {
    return this.write({ previous: document, together });
  }

  async list(userId: string, filter: DocumentFilter, page: DocumentPageRequest): Promise<Page<Document, DocumentPosition>> {
    return isUnfiltered(filter) ? this.listLive(userId, page) : this.listFiltered(userId, filter, page);
  }

  async usage(userId: string): Promise<Usage> {
    const { documents = 0, bytes = 0, pendingUploads = 0 } = ((await this.get(userId, keys.usage)) ?? {}) as Partial<Usage>;
    return { documents, bytes, pendingUploads };
  }

  async history(userId: string, id: string): Promise<Content[]> {
    const { items } = await this.query({
      KeyConditionExpression: 'pk = :user AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':user': userId, ':prefix': keys.version(id, '') },
      ScanIndexForward: false,
    });
    return items.map(toContent);
  }

  async removeHistory(userId: string, id: string): Promise<void> {
    const versions = await this.history(userId, id);
    const deletes = versions.map((version) => ({ Delete: { TableName: this.tables.documents, Key: { pk: userId, sk: keys.version(id, version.id) } } }));
    if (deletes.length > 0) await transact(this.db, deletes);
  }

  private async listLive(userId: string, { limit, after }: DocumentPageRequest) {
    const { items, isLast } = await this.query({
      IndexName: 'live',
      ...SHOWN,
      KeyConditionExpression: `pk = :user${after ? ' AND liveId < :after' : ''}`,
      ExpressionAttributeValues: { ':user': userId, ...(after && { ':after': after.after }) },
      ScanIndexForward: false,
      Limit: limit,
    });
    const documents = items.map(toListedDocument);
    return pageOf(documents, isLast ? undefined : documents.at(-1)?.id);
  }

  /** Rows of keys, then the documents themselves; one that changed in between and no longer matches is left out. */
  private async listFiltered(userId: string, filter: DocumentFilter, { limit, after }: DocumentPageRequest) {
    const prefix = keys.listed(filterKeyOf(filter), '');
    const { items, isLast } = await this.query({
      KeyConditionExpression: 'pk = :user AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':user': userId, ':prefix': prefix },
      ...(after && { ExclusiveStartKey: { pk: userId, sk: prefix + after.after } }),
      ScanIndexForward: false,
      Limit: limit,
    });
    const ids = items.map(({ sk }) => String(sk).slice(prefix.length));
    const found = await batchGet(this.db, this.tables.documents, ids.map((id) => ({ pk: userId, sk: keys.document(id) })), SHOWN);
    const byId = new Map(found.map(toListedDocument).map((document) => [document.id, document]));
    const documents = ids.map((id) => byId.get(id)).filter((document) => document !== undefined);
    return pageOf(documents.filter((document) => matches(document, filter)), isLast ? undefined : ids.at(-1));
  }

  private async write(change: DocumentChange): Promise<boolean> {
    const writeId = randomUUID();
    const writes = documentWrites(change, writeId, { ...this.tables, limits: this.limits });
    const refusal = await transact(this.db, writes);
    return refusal === undefined || judgeRefusal(refusal, change, writeId, this.limits);
  }

  private async get(userId: string, sk: string): Promise<Item | undefined> {
    const { Item } = await this.db.send(new GetCommand({ TableName: this.tables.documents, Key: { pk: userId, sk }, ConsistentRead: true }));
    return Item;
  }

  private async query(query: Partial<QueryCommandInput>): Promise<{ items: Item[]; isLast: boolean }> {
    const { Items = [], LastEvaluatedKey } = await this.db.send(
      new QueryCommand({ TableName: this.tables.documents, ConsistentRead: true, ...query }),
    );
    return { items: Items, isLast: LastEvaluatedKey === undefined };
  }
}

const pageOf = (items: Document[], after: string | undefined): Page<Document, DocumentPosition> => ({
  items,
  ...(after !== undefined && { next: { after } }),
});
