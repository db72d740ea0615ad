import { DEPENDENCIES, dynamoDb, s3 } from '../../src/aws/clients.js';
import type { Config } from '../../src/config/config.js';

/** For suites that are about what is done and left behind, not about deadlines, which a busy machine misses by itself. */
export function patientClients(config: Config) {
  const patient = { attemptMs: 30_000, silenceMs: 30_000, patienceMs: 60_000, waitMs: 30_000 };
  return {
    db: dynamoDb(config, undefined, { ...DEPENDENCIES.dynamodb, ...patient }),
    s3: s3(config, undefined, { ...DEPENDENCIES.s3, ...patient }),
  };
}

export type Clients = ReturnType<typeof patientClients>;
