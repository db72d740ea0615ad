import type { Refusal, TransactionWrite } from '../aws/transact.js';
import { receiptItem } from '../idempotency/dynamo-receipt.js';
import { requestInProgress } from '../idempotency/receipt.js';
import { deltaOf, subjectOf, wantedBy, type DocumentChange } from './document-change.js';
import { contentItem, documentItem, keys, leftoverItem } from './document-items.js';
import { filterChanges } from './document-filter.js';
import { quotaError, quotas, type Limits } from './limits.js';
import type { Usage } from './stored-document.js';

interface Surroundings {
  documents: string;
  receipts: string;
  limits: Limits;
}

const NOTHING: Usage = { documents: 0, bytes: 0, pendingUploads: 0 };

/**
 * All writes of a change, the document's first. At most 86 of the 100 that a transaction may have: the document, its usage
 * and every list that it leaves or enters.
 */
export function documentWrites(change: DocumentChange, writeId: string, around: Surroundings): TransactionWrite[] {
  const { next, previous, together = {} } = change;
  const { userId: pk, id } = subjectOf(change);
  const put = (Item: Record<string, unknown>): TransactionWrite => ({ Put: { TableName: around.documents, Item } });
  const remove = (sk: string): TransactionWrite => ({ Delete: { TableName: around.documents, Key: { pk, sk } } });
  const { removed, added } = filterChanges(previous, next);
  return [
    documentWrite(change, writeId, around.documents),
    ...usageWrite(change, around),
    ...removed.map((filterKey) => remove(keys.listed(filterKey, id))),
    ...added.map((filterKey) => put({ pk, sk: keys.listed(filterKey, id) })),
    ...(together.published ? [put(contentItem(pk, id, together.published))] : []),
    ...(together.dropped ?? []).map((content) => remove(keys.version(id, content.id))),
    ...(together.leftovers ?? []).map((leftover) => put(leftoverItem(leftover))),
    ...(together.receipt ? [receiptItem(together.receipt, around.receipts)] : []),
  ];
}

/**
 * True when the refusal only means that an earlier attempt was stored; false when another revision is. Throws over a limit,
 * and when the receipt met a key that another attempt has taken over.
 */
export function judgeRefusal({ index, item }: Refusal, change: DocumentChange, writeId: string, limits: Limits): boolean {
  if (index === 0) return item === undefined ? change.next === undefined : item['writeId'] === writeId;
  if (item?.['sk'] === keys.usage) throw quotaError({ ...NOTHING, ...item } as Usage, wantedBy(change), limits);
  throw requestInProgress();
}

function documentWrite({ next, previous }: DocumentChange, writeId: string, TableName: string): TransactionWrite {
  const condition = {
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    ...(previous
      ? { ConditionExpression: 'revision = :revision', ExpressionAttributeValues: { ':revision': previous.revision } }
      : { ConditionExpression: 'attribute_not_exists(pk)' }),
  };
  if (next) return { Put: { TableName, Item: documentItem(next, writeId), ...condition } };
  const { userId, id } = subjectOf({ previous });
  return { Delete: { TableName, Key: { pk: userId, sk: keys.document(id) }, ...condition } };
}

function usageWrite(change: DocumentChange, { documents: TableName, limits }: Surroundings): TransactionWrite[] {
  const delta = deltaOf(change);
  if (quotas.every((quota) => delta[quota] === 0)) return [];
  const wanted = wantedBy(change);
  const bounded = quotas.filter((quota) => wanted[quota] > 0);
  if (bounded.some((quota) => wanted[quota] > limits[quota])) throw quotaError(NOTHING, wanted, limits);
  return [
    {
      Update: {
        TableName,
        Key: { pk: subjectOf(change).userId, sk: keys.usage },
        UpdateExpression: `ADD ${quotas.map((quota) => `#${quota} :${quota}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(quotas.map((quota) => [`#${quota}`, quota])),
        ExpressionAttributeValues: {
          ...Object.fromEntries(quotas.map((quota) => [`:${quota}`, delta[quota]])),
          ...Object.fromEntries(bounded.map((quota) => [`:${quota}Room`, limits[quota] - wanted[quota]])),
        },
        ...(bounded.length > 0 && {
          ConditionExpression: bounded
            .map((quota) => `(attribute_not_exists(#${quota}) OR #${quota} <= :${quota}Room)`)
            .join(' AND '),
        }),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    },
  ];
}
