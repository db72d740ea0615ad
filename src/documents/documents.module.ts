import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Module } from '@nestjs/common';
import { S3UrlSigner } from '../aws/s3-url-signer.js';
import { Clock } from '../common/clock.js';
import { Config } from '../config/config.js';
import { DocumentChanges } from './document-changes.js';
import { DocumentRepository } from './document.repository.js';
import { DocumentsController } from './documents.controller.js';
import { DocumentsService } from './documents.service.js';
import { DownloadsController } from './downloads.controller.js';
import { DownloadsService } from './downloads.service.js';
import { DynamoDocumentRepository } from './dynamo-document.repository.js';
import { Leftovers } from './leftovers.js';
import { Limits, limitsOf } from './limits.js';
import { CompletionService } from './uploads/completion.service.js';
import { FileStore } from './uploads/file-store.js';
import { MultipartService } from './uploads/multipart.service.js';
import { S3FileStore } from './uploads/s3-file-store.js';
import { UploadsController } from './uploads/uploads.controller.js';
import { UploadsService } from './uploads/uploads.service.js';

const signerOf = (s3: S3Client, config: Config, clock: Clock): S3UrlSigner => {
  const endpoint = config.S3_PUBLIC_ENDPOINT ?? config.AWS_ENDPOINT_URL_S3 ?? config.AWS_ENDPOINT_URL;
  const target = { region: config.AWS_REGION, bucket: config.DOCUMENTS_BUCKET, endpoint };
  return new S3UrlSigner(target, () => s3.config.credentials(), () => clock.now());
};

@Module({
  controllers: [DocumentsController, UploadsController, DownloadsController],
  providers: [
    DocumentChanges,
    DocumentsService,
    DownloadsService,
    Leftovers,
    UploadsService,
    MultipartService,
    CompletionService,
    { provide: Limits, inject: [Config], useFactory: limitsOf },
    {
      provide: DocumentRepository,
      inject: [DynamoDBDocumentClient, Config, Limits],
      useFactory: (db: DynamoDBDocumentClient, config: Config, limits: Limits) =>
        new DynamoDocumentRepository(db, { documents: config.DOCUMENTS_TABLE, receipts: config.IDEMPOTENCY_TABLE }, limits),
    },
    {
      provide: FileStore,
      inject: [S3Client, Config, Clock],
      useFactory: (s3: S3Client, config: Config, clock: Clock) =>
        new S3FileStore(s3, config.DOCUMENTS_BUCKET, signerOf(s3, config, clock)),
    },
  ],
  exports: [DocumentsService, DownloadsService],
})
export class DocumentsModule {}
