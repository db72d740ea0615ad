import { S3UrlSigner } from '../../src/aws/s3-url-signer.js';
import { AccountErasure } from '../../src/accounts/account-erasure.js';
import { AccountSweeper } from '../../src/accounts/account-sweeper.js';
import { DynamoRequestRecords } from '../../src/accounts/dynamo-request-records.js';
import { SignInChecks } from '../../src/auth/sign-in-checks.js';
import { UuidIds } from '../../src/common/ids.js';
import type { Config } from '../../src/config/config.js';
import { DynamoOwnerRows } from '../../src/documents/erasure/dynamo-owner-rows.js';
import { OwnedDocuments } from '../../src/documents/erasure/owned-documents.js';
import { DynamoDocumentRepository } from '../../src/documents/dynamo-document.repository.js';
import { S3FileStore } from '../../src/documents/uploads/s3-file-store.js';
import { DynamoProfileRepository } from '../../src/profiles/dynamo-profile.repository.js';
import { DynamoSessionRepository } from '../../src/sessions/dynamo-session.repository.js';
import { DynamoSignInRepository } from '../../src/sessions/dynamo-sign-in.repository.js';
import { DynamoUserRecords } from '../../src/sessions/dynamo-user-records.js';
import { SessionSignOuts } from '../../src/sessions/session-sign-outs.js';
import { SignInsService } from '../../src/sessions/sign-ins.service.js';
import { UserPool } from '../../src/sessions/user-pool.js';
import { patientClients } from '../support/patience.js';
import { LIMITS, MovedClock } from '../uploads/world.js';

class AgreeingPool extends UserPool {
  async signOutEverywhere(): Promise<boolean> {
    return true;
  }
}

/** One task's services for accounts over the real adapters; `watch` is given the middleware of its clients. */
export function accountsTask(config: Config, watch: (stack: unknown) => void = () => undefined) {
  const { db, s3 } = patientClients(config);
  watch(db.middlewareStack);
  watch(s3.middlewareStack);
  const clock = new MovedClock();
  const target = { region: config.AWS_REGION, bucket: config.DOCUMENTS_BUCKET, endpoint: config.AWS_ENDPOINT_URL_S3 ?? config.AWS_ENDPOINT_URL };
  const files = new S3FileStore(s3, config.DOCUMENTS_BUCKET, new S3UrlSigner(target, () => s3.config.credentials(), () => Date.now()));
  const tables = { documents: config.DOCUMENTS_TABLE, receipts: config.IDEMPOTENCY_TABLE };
  const repository = new DynamoDocumentRepository(db, tables, LIMITS);
  const owned = new OwnedDocuments(new DynamoOwnerRows(db, config.DOCUMENTS_TABLE), repository, files);
  const signIns = new DynamoSignInRepository(db, config.SESSIONS_TABLE);
  const signOuts = new SessionSignOuts(signIns, clock);
  const service = new SignInsService(signIns, new AgreeingPool(), new SignInChecks(signOuts, clock), new UuidIds(), clock);
  const records = new DynamoUserRecords(db, config.SESSIONS_TABLE);
  const profiles = new DynamoProfileRepository(db, config.PROFILES_TABLE);
  const requests = new DynamoRequestRecords(db, config.IDEMPOTENCY_TABLE);
  const erasure = new AccountErasure(service, records, profiles, owned, requests, clock);
  const sessions = new DynamoSessionRepository(db, config.SESSIONS_TABLE);
  const end = () => [db, s3].forEach((client) => client.destroy());
  return { db, end, clock, owned, signOuts, repository: signIns, signIns: service, records, profiles, requests, sessions, erasure, sweeper: new AccountSweeper(records, erasure, clock) };
}

export type AccountsTask = ReturnType<typeof accountsTask>;
