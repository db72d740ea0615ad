import { Module } from '@nestjs/common';
import { CacheModule } from '@nestjs/cache-manager';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { MulterModule } from '@nestjs/platform-express';
import { ScheduleModule } from '@nestjs/schedule';
import { ThrottlerModule } from '@nestjs/throttler';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CartsController } from './carts.controller.js';
import { CartsService } from './carts.service.js';
import { ReportsService } from './reports.service.js';
import { SessionsService } from './sessions.service.js';
import { TokenBucket } from './token-bucket.js';
import { UploadsController } from './uploads.controller.js';

@Module({
  imports: [
    CacheModule.register({ ttl: 5_000, max: 100 }), // planted
    ThrottlerModule.forRoot([{ ttl: 60_000, limit: 10 }]), // planted
    EventEmitterModule.forRoot(), // planted
    ScheduleModule.forRoot(), // planted
    MulterModule.register({ dest: './upload' }), // planted
    TypeOrmModule.forRoot({ type: 'sqlite', database: ':memory:' }), // planted
  ],
  controllers: [CartsController, UploadsController],
  providers: [
    CartsService,
    ReportsService,
    SessionsService,
    { provide: 'BUCKET', useFactory: () => new TokenBucket(10) },
    {
      provide: 'COUNTER',
      useFactory: () => {
        let counter = 0; // planted
        return { next: () => ++counter };
      },
    },
  ],
})
export class AppModule {}
