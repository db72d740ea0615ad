import { blockedLoop } from './blocked-loop.js';
import { blockedOutput } from './blocked-output.js';
import { cacheFaults } from './cache-faults.js';
import { canary } from './canary.js';
import { dynamoDbErrors } from './dynamodb-errors.js';
import { dynamoDbHangs } from './dynamodb-hangs.js';
import { kill } from './kill.js';
import { lostReplies } from './lost-replies.js';
import { overload } from './overload.js';
import { rollingRestart } from './rolling-restart.js';
import type { Row } from './row.js';
import { s3Faults } from './s3-faults.js';
import { secretsManager } from './secrets-manager.js';
import { signingKeys } from './signing-keys.js';
import { slowClients } from './slow-clients.js';
import { soak } from './soak.js';

export const ROWS: Row<any>[] = [
  rollingRestart, kill, dynamoDbErrors, dynamoDbHangs, lostReplies, cacheFaults, s3Faults, signingKeys, secretsManager, overload,
  blockedLoop, slowClients, soak, blockedOutput, canary,
];
