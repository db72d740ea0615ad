import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Logger, Module } from '@nestjs/common';
import { Cache } from '../cache/cache.js';
import { Config } from '../config/config.js';
import { CachedSessionRepository } from './cached-session.repository.js';
import { CachedSignInRepository } from './cached-sign-in.repository.js';
import { CachedUserRecords } from './cached-user-records.js';
import { CognitoUserPool } from './cognito-user-pool.js';
import { DynamoSessionRepository } from './dynamo-session.repository.js';
import { DynamoSignInRepository } from './dynamo-sign-in.repository.js';
import { DynamoUserRecords } from './dynamo-user-records.js';
import { SessionController } from './session.controller.js';
import { SessionRepository } from './session.repository.js';
import { SessionSignOuts } from './session-sign-outs.js';
import { SessionsService } from './sessions.service.js';
import { SignInRepository } from './sign-in.repository.js';
import { SignInsController } from './sign-ins.controller.js';
import { SignInsService } from './sign-ins.service.js';
import { UserPool } from './user-pool.js';
import { UserRecords } from './user-records.js';

const logger = new Logger('UserPool');

/** Lends `AuthModule` its `SessionSignOuts`; takes `SignInChecks` from it. */
@Module({
  controllers: [SessionController, SignInsController],
  providers: [
    SessionsService,
    SignInsService,
    SessionSignOuts,
    {
      provide: SignInRepository,
      inject: [Config, DynamoDBDocumentClient, Cache],
      useFactory: (config: Config, db: DynamoDBDocumentClient, cache: Cache) =>
        new CachedSignInRepository(new DynamoSignInRepository(db, config.SESSIONS_TABLE), cache),
    },
    {
      provide: SessionRepository,
      inject: [Config, DynamoDBDocumentClient, Cache],
      useFactory: (config: Config, db: DynamoDBDocumentClient, cache: Cache) =>
        new CachedSessionRepository(new DynamoSessionRepository(db, config.SESSIONS_TABLE), cache),
    },
    {
      provide: UserRecords,
      inject: [Config, DynamoDBDocumentClient, Cache],
      useFactory: (config: Config, db: DynamoDBDocumentClient, cache: Cache) =>
        new CachedUserRecords(new DynamoUserRecords(db, config.SESSIONS_TABLE), cache),
    },
    {
      provide: UserPool,
      inject: [CognitoIdentityProviderClient],
      useFactory: (cognito: CognitoIdentityProviderClient) =>
        new CognitoUserPool(cognito, (reason) => logger.warn(`The pool did not sign a user out everywhere (${reason}); we did.`)),
    },
  ],
  exports: [SessionSignOuts, SignInsService, UserRecords],
})
export class SessionsModule {}
