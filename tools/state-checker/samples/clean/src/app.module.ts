import { Module, Scope } from '@nestjs/common';
import { CacheModule } from '@nestjs/cache-manager';
import { ThrottlerModule } from '@nestjs/throttler';
import KeyvRedis from '@keyv/redis';
import { ThrottlerStorageRedis } from './throttler-storage.js';
import { OrdersController } from './orders.controller.js';
import { OrdersService } from './orders.service.js';
import { RequestContext } from './request-context.js';
import { Secrets } from './secrets.js';

@Module({
  imports: [
    CacheModule.registerAsync({ useFactory: () => ({ stores: [new KeyvRedis('redis://cache')] }) }),
    ThrottlerModule.forRoot({ throttlers: [{ ttl: 60_000, limit: 10 }], storage: new ThrottlerStorageRedis() }),
  ],
  controllers: [OrdersController],
  providers: [OrdersService, RequestContext, Secrets, { provide: 'TRACE', scope: Scope.REQUEST, useFactory: () => ({}) }],
})
export class AppModule {}
