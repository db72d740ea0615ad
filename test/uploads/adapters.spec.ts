import { randomUUID } from 'node:crypto';
import { v7 } from 'uuid';
import { dynamoDb } from '../../src/aws/clients.js';
import { parseConfig } from '../../src/config/config.js';
import { contractLimits, documentRepositoryContract } from '../../src/documents/document.repository.contract.js';
import { DynamoDocumentRepository } from '../../src/documents/dynamo-document.repository.js';
import { DynamoShareRepository } from '../../src/documents/shares/dynamo-share.repository.js';
import { shareRepositoryContract } from '../../src/documents/shares/share.repository.contract.js';
import type { StoredDocument } from '../../src/documents/stored-document.js';
import { DynamoIdempotencyRecords } from '../../src/idempotency/dynamo-idempotency-records.js';
import { cloudEnv } from '../support/cloud.js';

const config = parseConfig(cloudEnv());
Object.assign(process.env, Object.fromEntries(Object.entries(cloudEnv()).filter(([name]) => name.startsWith('AWS_'))));
const db = dynamoDb(config);
const tables = { documents: config.DOCUMENTS_TABLE, receipts: config.IDEMPOTENCY_TABLE };
const records = new DynamoIdempotencyRecords(db, config.IDEMPOTENCY_TABLE);
const repository = new DynamoDocumentRepository(db, tables, contractLimits);

documentRepositoryContract('DynamoDB', () => ({ documents: repository, records }));

shareRepositoryContract(
  'DynamoDB',
  () => ({ shares: new DynamoShareRepository(db, tables), records }),
  async () => {
    const then = '2026-01-02T03:04:05.678Z';
    const document: StoredDocument = {
      userId: randomUUID(),
      id: v7(),
      name: 'a',
      contentType: 'text/plain',
      size: 1,
      tags: [],
      status: 'pending',
      version: 1,
      revision: 1,
      createdAt: then,
      updatedAt: then,
      storedBytes: 0,
      upload: { id: v7(), state: 'open', contentType: 'text/plain', size: 1, dueAt: '2099-01-01T00:00:00.000Z' },
    };
    await repository.create(document);
    return { userId: document.userId, documentId: document.id };
  },
);
