import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Module } from '@nestjs/common';
import { S3UrlSigner } from '../aws/s3-url-signer.js';
import { Clock } from '../common/clock.js';
import { Config } from '../config/config.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { DocumentChanges } from './document-changes.js';
import { DocumentRepository } from './document.repository.js';
import { DocumentsController } from './documents.controller.js';
import { DocumentsService } from './documents.service.js';
import { DownloadsController } from './downloads.controller.js';
import { DownloadsService } from './downloads.service.js';
import { DynamoDocumentRepository } from './dynamo-document.repository.js';
import { DynamoOwnerRows } from './erasure/dynamo-owner-rows.js';
import { OwnedDocuments } from './erasure/owned-documents.js';
import { OwnerRows } from './erasure/owner-rows.js';
import { Leftovers } from './leftovers.js';
import { Limits, limitsOf } from './limits.js';
import { DynamoShareRepository } from './shares/dynamo-share.repository.js';
import { PublicSharesController } from './shares/public-shares.controller.js';
import { ShareRepository } from './shares/share.repository.js';
import { SharesController } from './shares/shares.controller.js';
import { SharesService } from './shares/shares.service.js';
import { Audit } from './sweep/audit.js';
import { DocumentSweeper } from './sweep/document-sweeper.js';
import { DueItems } from './sweep/due-items.js';
import { DynamoDueItems } from './sweep/dynamo-due-items.js';
import { CompletionService } from './uploads/completion.service.js';
import { FileStore } from './uploads/file-store.js';
import { MultipartService } from './uploads/multipart.service.js';
import { S3FileStore } from './uploads/s3-file-store.js';
import { UploadsController } from './uploads/uploads.controller.js';
import { UploadsService } from './uploads/uploads.service.js';
import { UppyController } from './uploads/uppy.controller.js';
import { UppyService } from './uploads/uppy.service.js';
import { VersionsController } from './versions/versions.controller.js';
import { VersionsService } from './versions/versions.service.js';

const signerOf = (s3: S3Client, config: Config, clock: Clock): S3UrlSigner => {
  const endpoint = config.S3_PUBLIC_ENDPOINT ?? config.AWS_ENDPOINT_URL_S3 ?? config.AWS_ENDPOINT_URL;
  const target = { region: config.AWS_REGION, bucket: config.DOCUMENTS_BUCKET, endpoint };
  return new S3UrlSigner(target, () => s3.config.credentials(), () => clock.now());
};

const tablesOf = (config: Config) => ({ documents: config.DOCUMENTS_TABLE, receipts: config.IDEMPOTENCY_TABLE });

/** Asks the composition root for `Owners`. */
@Module({
  imports: [IdempotencyModule],
  controllers: [
    DocumentsController,
    UploadsController,
    UppyController,
    DownloadsController,
    VersionsController,
    SharesController,
    PublicSharesController,
  ],
  providers: [
    DocumentChanges,
    DocumentsService,
    DownloadsService,
    Leftovers,
    UploadsService,
    MultipartService,
    CompletionService,
    UppyService,
    VersionsService,
    SharesService,
    OwnedDocuments,
    DocumentSweeper,
    Audit,
    { provide: Limits, inject: [Config], useFactory: limitsOf },
    {
      provide: DocumentRepository,
      inject: [DynamoDBDocumentClient, Config, Limits],
      useFactory: (db: DynamoDBDocumentClient, config: Config, limits: Limits) =>
        new DynamoDocumentRepository(db, tablesOf(config), limits),
    },
    {
      provide: ShareRepository,
      inject: [DynamoDBDocumentClient, Config],
      useFactory: (db: DynamoDBDocumentClient, config: Config) => new DynamoShareRepository(db, tablesOf(config)),
    },
    {
      provide: OwnerRows,
      inject: [DynamoDBDocumentClient, Config],
      useFactory: (db: DynamoDBDocumentClient, config: Config) => new DynamoOwnerRows(db, config.DOCUMENTS_TABLE),
    },
    {
      provide: DueItems,
      inject: [DynamoDBDocumentClient, Config],
      useFactory: (db: DynamoDBDocumentClient, config: Config) => new DynamoDueItems(db, config.DOCUMENTS_TABLE),
    },
    {
      provide: FileStore,
      inject: [S3Client, Config, Clock],
      useFactory: (s3: S3Client, config: Config, clock: Clock) =>
        new S3FileStore(s3, config.DOCUMENTS_BUCKET, signerOf(s3, config, clock)),
    },
  ],
  exports: [DocumentsService, DownloadsService, OwnedDocuments, DocumentSweeper, Audit],
})
export class DocumentsModule {}
