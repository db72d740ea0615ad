import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, UpdateCommand, type DynamoDBDocumentClient, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Clock } from '../common/clock.js';
import { FenceStore, nextEpoch, type FenceRecord } from './fence-store.js';

const KEY = { pk: 'cache#fence', sk: 'cache#fence' };

/** The fence as one item of the sessions table. It has no `ttl`: it stays. */
export class DynamoFenceStore extends FenceStore {
  constructor(
    private readonly db: DynamoDBDocumentClient,
    private readonly table: string,
    private readonly clock: Clock,
  ) {
    super();
  }

  async read(): Promise<FenceRecord | undefined> {
    const { Item } = await this.db.send(new GetCommand({ TableName: this.table, Key: KEY, ConsistentRead: true }));
    return recordOf(Item);
  }

  /** A retry after a lost reply finds the epoch closed and closes it again: the same outcome. */
  close(epoch: number): Promise<FenceRecord | undefined> {
    return this.update({
      UpdateExpression: 'SET #open = :closed',
      ConditionExpression: 'epoch = :epoch',
      ExpressionAttributeNames: { '#open': 'open' },
      ExpressionAttributeValues: { ':closed': false, ':epoch': epoch },
    });
  }

  /** A retry after a lost reply meets its own epoch, which is then what is in force. */
  open(expected: FenceRecord | undefined, serverId: string): Promise<FenceRecord | undefined> {
    return this.update({
      UpdateExpression: 'SET #open = :open, epoch = :next, serverId = :server',
      ConditionExpression: expected ? 'epoch = :epoch AND #open = :was' : 'attribute_not_exists(pk)',
      ExpressionAttributeNames: { '#open': 'open' },
      ExpressionAttributeValues: {
        ':open': true,
        ':next': nextEpoch(expected, this.clock.now()),
        ':server': serverId,
        ...(expected && { ':epoch': expected.epoch, ':was': expected.open }),
      },
    });
  }

  private async update(change: Omit<UpdateCommandInput, 'TableName' | 'Key'>): Promise<FenceRecord | undefined> {
    try {
      const { Attributes } = await this.db.send(
        new UpdateCommand({ TableName: this.table, Key: KEY, ReturnValues: 'ALL_NEW', ReturnValuesOnConditionCheckFailure: 'ALL_OLD', ...change }),
      );
      return recordOf(Attributes);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return error.Item && recordOf(unmarshall(error.Item));
    }
  }
}

const recordOf = (item: Record<string, unknown> | undefined): FenceRecord | undefined =>
  item && { epoch: Number(item['epoch']), open: item['open'] === true, serverId: String(item['serverId']) };
