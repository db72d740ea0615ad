import type { TransactionWrite } from '../aws/transact.js';
import type { Claim, Receipt } from './receipt.js';

export const recordKey = ({ userId, keyHash }: Omit<Claim, 'owner'>) => ({ pk: userId, sk: keyHash });

/** DynamoDB's TTL is in seconds. */
export const ttlOf = (expiresAt: number): number => Math.floor(expiresAt / 1_000);

/** Holds while the claim is the owner's and nothing was answered yet: the fence against an attempt that was taken over. */
export const isHeld = ({ owner }: Pick<Claim, 'owner'>) => ({
  ConditionExpression: '#owner = :owner AND attribute_not_exists(answer)',
  ExpressionAttributeNames: { '#owner': 'owner' },
  ExpressionAttributeValues: { ':owner': owner },
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
});

/** The write of a receipt, for the transaction of the effect. Its condition fails when the attempt lost its key. */
export function receiptItem(receipt: Receipt, TableName: string): TransactionWrite {
  const { answer, sealed, expiresAt } = receipt;
  const held = isHeld(receipt);
  return {
    Update: {
      TableName,
      Key: recordKey(receipt),
      UpdateExpression: `SET answer = :answer, #ttl = :ttl${sealed === undefined ? '' : ', sealed = :sealed'} REMOVE leaseUntil`,
      ...held,
      ExpressionAttributeNames: { ...held.ExpressionAttributeNames, '#ttl': 'ttl' },
      ExpressionAttributeValues: {
        ...held.ExpressionAttributeValues,
        ':answer': answer,
        ':ttl': ttlOf(expiresAt),
        ...(sealed !== undefined && { ':sealed': sealed }),
      },
    },
  };
}
