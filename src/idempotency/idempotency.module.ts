import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Secrets } from '../common/secrets.js';
import { Config } from '../config/config.js';
import { DynamoIdempotencyRecords } from './dynamo-idempotency-records.js';
import { Idempotency } from './idempotency.js';
import { Keyring } from './keyring.js';

@Module({
  providers: [
    {
      provide: Idempotency,
      inject: [DynamoDBDocumentClient, Config, Secrets, Clock],
      useFactory: (db: DynamoDBDocumentClient, config: Config, secrets: Secrets, clock: Clock) =>
        new Idempotency(new DynamoIdempotencyRecords(db, config.IDEMPOTENCY_TABLE), new Keyring(secrets), clock),
    },
  ],
  exports: [Idempotency],
})
export class IdempotencyModule {}
