import { Global, Module } from '@nestjs/common';
import { Cache } from './cache.js';
import { NoCache } from './no-cache.js';

@Global()
@Module({ providers: [{ provide: Cache, useClass: NoCache }], exports: [Cache] })
export class CacheModule {}
