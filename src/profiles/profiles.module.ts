import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Module } from '@nestjs/common';
import { Cache } from '../cache/cache.js';
import { Config } from '../config/config.js';
import { CachedProfileRepository } from './cached-profile.repository.js';
import { DynamoProfileRepository } from './dynamo-profile.repository.js';
import { ProfileRepository } from './profile.repository.js';
import { ProfilesController } from './profiles.controller.js';
import { ProfilesService } from './profiles.service.js';

/** Asks the composition root for `Avatars`. */
@Module({
  controllers: [ProfilesController],
  providers: [
    ProfilesService,
    {
      provide: ProfileRepository,
      inject: [Config, DynamoDBDocumentClient, Cache],
      useFactory: (config: Config, db: DynamoDBDocumentClient, cache: Cache) =>
        new CachedProfileRepository(new DynamoProfileRepository(db, config.PROFILES_TABLE), cache),
    },
  ],
  exports: [ProfileRepository],
})
export class ProfilesModule {}
