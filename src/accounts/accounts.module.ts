import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { DocumentsModule } from '../documents/documents.module.js';
import { ProfilesModule } from '../profiles/profiles.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { AccountErasure } from './account-erasure.js';
import { AccountExport } from './account-export.js';
import { AccountSweeper } from './account-sweeper.js';
import { AccountsController } from './accounts.controller.js';
import { DynamoRequestRecords } from './dynamo-request-records.js';
import { RequestRecords } from './request-records.js';

/** Export and erasure, above the features: what it needs of each they lend it through their ports. */
@Module({
  imports: [ProfilesModule, DocumentsModule, SessionsModule],
  controllers: [AccountsController],
  providers: [
    AccountExport,
    AccountErasure,
    AccountSweeper,
    {
      provide: RequestRecords,
      inject: [DynamoDBDocumentClient, Config],
      useFactory: (db: DynamoDBDocumentClient, config: Config) => new DynamoRequestRecords(db, config.IDEMPOTENCY_TABLE),
    },
  ],
  exports: [AccountSweeper],
})
export class AccountsModule {}
