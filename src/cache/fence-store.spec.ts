import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { dynamoDb } from '../aws/clients.js';
import { SystemClock } from '../common/clock.js';
import { parseConfig } from '../config/config.js';
import { cloudEnv } from '../../test/support/cloud.js';
import { DynamoFenceStore } from './dynamo-fence-store.js';
import { fenceStoreContract } from './fence-store.contract.js';
import { MemoryFenceStore } from './memory-fence-store.js';

fenceStoreContract('memory', async () => new MemoryFenceStore());

const config = parseConfig(cloudEnv());
Object.assign(process.env, Object.fromEntries(Object.entries(cloudEnv()).filter(([name]) => name.startsWith('AWS_'))));
const db = dynamoDb(config);
// A table with the same key: the sessions table's own fence is in use by other suites.
const table = config.IDEMPOTENCY_TABLE;

fenceStoreContract('DynamoDB', async () => {
  await db.send(new DeleteCommand({ TableName: table, Key: { pk: 'cache#fence', sk: 'cache#fence' } }));
  return new DynamoFenceStore(db, table, new SystemClock());
});
