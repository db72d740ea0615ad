import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Global, Inject, Logger, Module, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Metrics } from '../telemetry/metrics.js';
import { cognito, dynamoDb, s3, secretsManager } from './clients.js';
import { SecretsManagerSecrets } from './secrets-manager-secrets.js';
import { Secrets } from '../common/secrets.js';

const logger = new Logger('Secrets');

/** An error once for each reason; a line that the alarm counts for as long as it lasts. */
function onTrouble(reason: string | undefined, isNew: boolean): void {
  if (reason === undefined) return logger.log({ event: 'secret-read-again', message: 'The application secret can be read again.' });
  const line = { event: 'secret-not-read', reason, message: 'The application secret could not be read; the last good one stays in use.' };
  if (isNew) logger.error(line);
  else logger.log(line);
}

/** One client per AWS service, shared by all adapters. */
@Global()
@Module({
  providers: [
    { provide: DynamoDBDocumentClient, inject: [Config, Metrics], useFactory: dynamoDb },
    { provide: S3Client, inject: [Config, Metrics], useFactory: s3 },
    { provide: SecretsManagerClient, inject: [Config, Metrics], useFactory: secretsManager },
    { provide: CognitoIdentityProviderClient, inject: [Config, Metrics], useFactory: cognito },
    {
      provide: Secrets,
      inject: [SecretsManagerClient, Config],
      useFactory: (client: SecretsManagerClient, config: Config) =>
        new SecretsManagerSecrets(client, config.APP_SECRET_ID, { everyMs: config.SECRETS_REFRESH_SECONDS * 1_000, onTrouble }),
    },
  ],
  exports: [DynamoDBDocumentClient, S3Client, SecretsManagerClient, CognitoIdentityProviderClient, Secrets],
})
export class AwsModule implements OnModuleInit, OnModuleDestroy {
  constructor(@Inject(Secrets) private readonly secrets: SecretsManagerSecrets) {}

  async onModuleInit(): Promise<void> {
    await this.secrets.start();
  }

  onModuleDestroy(): void {
    this.secrets.stop();
  }
}
