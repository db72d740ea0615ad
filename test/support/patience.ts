import type { dynamoDb, s3 } from '../../src/aws/clients.js';
import type { DependencyHandler } from '../../src/aws/dependency-handler.js';

interface Clients {
  db: ReturnType<typeof dynamoDb>;
  s3: ReturnType<typeof s3>;
}

const PATIENCE_MS = 30_000;

/** For suites that are about what is done and left behind, not about deadlines, which a busy machine misses by itself. */
export function beingPatient({ db, s3 }: Clients): void {
  for (const { config } of [db, s3]) {
    const handler = config.requestHandler as unknown as DependencyHandler;
    handler.updateHttpClientConfig('requestTimeout', PATIENCE_MS);
    handler.updateHttpClientConfig('connectionTimeout', PATIENCE_MS);
  }
}
