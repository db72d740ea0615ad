import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';

/**
 * Carries out a conditional write whose item stores `writeId` and that asks for
 * `ReturnValuesOnConditionCheckFailure: 'ALL_OLD'`. False when the condition does not hold. A retry after a lost reply
 * finds its own write and is a success.
 */
export async function conditionalWrite(writeId: string, send: () => Promise<unknown>): Promise<boolean> {
  try {
    await send();
    return true;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return error.Item !== undefined && unmarshall(error.Item)['writeId'] === writeId;
  }
}
