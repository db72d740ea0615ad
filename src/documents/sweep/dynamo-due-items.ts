import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, paginateQuery, paginateScan, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DUE_SHARDS, keys, toContent, toLeftover, toStoredDocument, type Item } from '../document-items.js';
import type { Leftover } from '../document.repository.js';
import type { Usage } from '../stored-document.js';
import { DueItems, type AuditRow, type DueItem } from './due-items.js';

const PAGE = 100;

export class DynamoDueItems extends DueItems {
  constructor(
    private readonly db: DynamoDBDocumentClient,
    private readonly table: string,
  ) {
    super();
  }

  async *due(now: string): AsyncIterable<DueItem> {
    for (const shard of DUE_SHARDS) {
      const pages = paginateQuery(
        { client: this.db, pageSize: PAGE },
        {
          TableName: this.table,
          IndexName: 'due',
          KeyConditionExpression: 'dueShard = :shard AND dueAt <= :now',
          ExpressionAttributeValues: { ':shard': shard, ':now': now },
        },
      );
      for await (const { Items = [] } of pages) {
        for (const item of Items) {
          const due = toDueItem(item);
          if (due) yield due;
        }
      }
    }
  }

  async settle({ userId, documentId, versionId, dueAt }: Leftover): Promise<void> {
    try {
      await this.db.send(
        new DeleteCommand({
          TableName: this.table,
          Key: { pk: userId, sk: keys.leftover(documentId, versionId) },
          ConditionExpression: 'attribute_not_exists(pk) OR dueAt <= :dueAt',
          ExpressionAttributeValues: { ':dueAt': dueAt },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  async *everything(): AsyncIterable<AuditRow> {
    const pages = paginateScan({ client: this.db }, { TableName: this.table, ConsistentRead: true });
    for await (const { Items = [] } of pages) {
      for (const item of Items) {
        const row = toAuditRow(item);
        if (row) yield row;
      }
    }
  }
}

function toDueItem({ pk, sk, dueAt }: Item): DueItem | undefined {
  const [kind, documentId = '', versionId = ''] = String(sk).split('#');
  const userId = String(pk);
  if (kind === 'D') return { kind: 'document', userId, id: documentId };
  if (kind === 'L') return { kind: 'leftover', leftover: { userId, documentId, ...(versionId && { versionId }), dueAt: String(dueAt) } };
  if (kind === 'SHARE') return { kind: 'share', tokenHash: userId.slice('SHARE#'.length) };
  return undefined;
}

function toAuditRow(item: Item): AuditRow | undefined {
  const [kind, first = '', second = ''] = String(item['sk']).split('#');
  const userId = String(item['pk']);
  switch (kind) {
    case 'D':
      return { kind: 'document', document: toStoredDocument(item) };
    case 'V':
      return { kind: 'content', userId, documentId: first, content: toContent(item) };
    case 'L':
      return { kind: 'leftover', leftover: toLeftover(item) };
    case 'F':
      return { kind: 'listed', userId, documentId: second, filterKey: first };
    case keys.usage: {
      const { documents = 0, bytes = 0, pendingUploads = 0 } = item as Partial<Usage>;
      return { kind: 'usage', userId, usage: { documents, bytes, pendingUploads } };
    }
    default:
      return undefined;
  }
}
