import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, QueryCommand, UpdateCommand, type DynamoDBDocumentClient, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { batchGet } from '../../aws/batch-get.js';
import { transact } from '../../aws/transact.js';
import type { Page, PageRequest } from '../../common/page.js';
import { receiptItem } from '../../idempotency/dynamo-receipt.js';
import { requestInProgress, type Receipt } from '../../idempotency/receipt.js';
import { dueShardOf, keys, type Item } from '../document-items.js';
import type { StoredShare } from './share.js';
import { ShareRepository, type SharePosition } from './share.repository.js';

const SHARE = 'SHARE';

/** The share under the hash of its token; a row beside the document's others leads there from the owner's side. */
export const shareKeyOf = (tokenHash: string) => ({ pk: `${SHARE}#${tokenHash}`, sk: SHARE });

export class DynamoShareRepository extends ShareRepository {
  constructor(
    private readonly db: DynamoDBDocumentClient,
    private readonly tables: { documents: string; receipts: string },
  ) {
    super();
  }

  async create(share: StoredShare, receipt?: Receipt): Promise<boolean> {
    const { documents: TableName, receipts } = this.tables;
    const { userId: pk, documentId, id, tokenHash } = share;
    const due = { dueShard: dueShardOf(id), dueAt: share.expiresAt };
    const refusal = await transact(this.db, [
      {
        ConditionCheck: {
          TableName,
          Key: { pk, sk: keys.document(documentId) },
          ConditionExpression: 'attribute_exists(pk)',
        },
      },
      { Put: { TableName, Item: { ...shareKeyOf(tokenHash), ...share, ...due } } },
      { Put: { TableName, Item: { pk, sk: keys.share(documentId, id), tokenHash } } },
      ...(receipt ? [receiptItem(receipt, receipts)] : []),
    ]);
    // The check of the document is the first write, the receipt the last.
    if (refusal && refusal.index > 0) throw requestInProgress();
    return refusal === undefined;
  }

  async findByToken(tokenHash: string): Promise<StoredShare | undefined> {
    const { Item } = await this.db.send(
      new GetCommand({ TableName: this.tables.documents, Key: shareKeyOf(tokenHash), ConsistentRead: true }),
    );
    return Item && toShare(Item);
  }

  async list(userId: string, documentId: string, { limit, after }: PageRequest<SharePosition>): Promise<Page<StoredShare, SharePosition>> {
    const { Items = [], LastEvaluatedKey } = await this.query(userId, documentId, {
      Limit: limit,
      ...(after && { ExclusiveStartKey: { pk: userId, sk: keys.share(documentId, after.after) } }),
    });
    const found = await batchGet(this.db, this.tables.documents, Items.map(({ tokenHash }) => shareKeyOf(String(tokenHash))));
    const shares = found.map(toShare).filter(({ isRevoked }) => !isRevoked);
    const last = String(Items.at(-1)?.['sk']).slice(keys.share(documentId, '').length);
    return { items: shares.sort((a, b) => (a.id < b.id ? 1 : -1)), ...(LastEvaluatedKey && { next: { after: last } }) };
  }

  async revoke(userId: string, documentId: string, shareId: string): Promise<boolean> {
    const key = { pk: userId, sk: keys.share(documentId, shareId) };
    const { Item } = await this.db.send(new GetCommand({ TableName: this.tables.documents, Key: key, ConsistentRead: true }));
    if (!Item) return false;
    return this.update(String(Item['tokenHash']), {
      UpdateExpression: 'SET isRevoked = :true',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':true': true },
    });
  }

  /** A retry after a lost reply may count twice: a limit is never exceeded, at worst reached one early. */
  countDownload({ tokenHash }: StoredShare): Promise<boolean> {
    return this.update(tokenHash, {
      UpdateExpression: 'ADD downloads :one',
      ConditionExpression:
        'attribute_exists(pk) AND attribute_not_exists(isRevoked) AND (attribute_not_exists(maxDownloads) OR downloads < maxDownloads)',
      ExpressionAttributeValues: { ':one': 1 },
    });
  }

  async takeGuess({ tokenHash }: StoredShare, window: number, limit: number): Promise<boolean> {
    const isTaken = await this.update(tokenHash, {
      UpdateExpression: 'ADD guesses :one',
      ConditionExpression: 'guessWindow = :window AND guesses < :limit',
      ExpressionAttributeValues: { ':one': 1, ':window': window, ':limit': limit },
    });
    if (isTaken) return true;
    const isFirst = await this.update(tokenHash, {
      UpdateExpression: 'SET guessWindow = :window, guesses = :one',
      ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(guessWindow) OR guessWindow < :window)',
      ExpressionAttributeValues: { ':one': 1, ':window': window },
    });
    return isFirst || this.update(tokenHash, {
      UpdateExpression: 'ADD guesses :one',
      ConditionExpression: 'guessWindow = :window AND guesses < :limit',
      ExpressionAttributeValues: { ':one': 1, ':window': window, ':limit': limit },
    });
  }

  async returnGuess({ tokenHash }: StoredShare, window: number): Promise<void> {
    await this.update(tokenHash, {
      UpdateExpression: 'ADD guesses :back',
      ConditionExpression: 'guessWindow = :window AND guesses > :zero',
      ExpressionAttributeValues: { ':back': -1, ':window': window, ':zero': 0 },
    });
  }

  async remove({ tokenHash, userId, documentId, id }: Pick<StoredShare, 'tokenHash' | 'userId' | 'documentId' | 'id'>): Promise<void> {
    const TableName = this.tables.documents;
    await transact(this.db, [
      { Delete: { TableName, Key: shareKeyOf(tokenHash) } },
      { Delete: { TableName, Key: { pk: userId, sk: keys.share(documentId, id) } } },
    ]);
  }

  async removeAll(userId: string, documentId: string): Promise<void> {
    for (;;) {
      const { Items = [] } = await this.query(userId, documentId, { Limit: 25 });
      if (Items.length === 0) return;
      for (const { sk, tokenHash } of Items) {
        const id = String(sk).slice(keys.share(documentId, '').length);
        await this.remove({ tokenHash: String(tokenHash), userId, documentId, id });
      }
    }
  }

  private query(userId: string, documentId: string, page: { Limit: number; ExclusiveStartKey?: Item }) {
    return this.db.send(
      new QueryCommand({
        TableName: this.tables.documents,
        KeyConditionExpression: 'pk = :user AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':user': userId, ':prefix': keys.share(documentId, '') },
        ConsistentRead: true,
        ScanIndexForward: false,
        ...page,
      }),
    );
  }

  private async update(tokenHash: string, update: Partial<UpdateCommandInput>): Promise<boolean> {
    try {
      await this.db.send(new UpdateCommand({ TableName: this.tables.documents, Key: shareKeyOf(tokenHash), ...update }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}

export function toShare(item: Item): StoredShare {
  const { pk: _pk, sk: _sk, dueShard: _shard, dueAt: _due, guesses: _guesses, guessWindow: _window, ...share } = item;
  return share as unknown as StoredShare;
}
