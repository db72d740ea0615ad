import { Module, type DynamicModule } from '@nestjs/common';
import { AccountsModule } from './accounts/accounts.module.js';
import { AvatarsModule } from './accounts/avatars.module.js';
import { OwnersModule } from './accounts/owners.module.js';
import { AuthModule } from './auth/auth.module.js';
import { SignOuts } from './auth/sign-outs.js';
import { AwsModule } from './aws/aws.module.js';
import { CacheModule } from './cache/cache.module.js';
import { CommonModule } from './common/common.module.js';
import { ConfigModule } from './config/config.module.js';
import { DocumentsModule } from './documents/documents.module.js';
import { HealthModule } from './health/health.module.js';
import { ProfilesModule } from './profiles/profiles.module.js';
import { RateLimitModule } from './rate-limit/rate-limit.module.js';
import { SessionSignOuts } from './sessions/session-sign-outs.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { ResilienceModule } from './resilience/resilience.module.js';
import { Logs } from './telemetry/logs.js';
import { TelemetryModule } from './telemetry/telemetry.module.js';

/** The composition root: the one list of modules. */
@Module({})
export class AppModule {
  static forEnvironment(environment: Record<string, string | undefined>, logs: Logs): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forEnvironment(environment),
        CommonModule,
        TelemetryModule.writing(logs),
        ResilienceModule,
        AwsModule,
        CacheModule,
        AuthModule.withSignOuts({ provide: SignOuts, useExisting: SessionSignOuts }, [SessionsModule]),
        RateLimitModule,
        ProfilesModule,
        AvatarsModule,
        OwnersModule,
        DocumentsModule,
        SessionsModule,
        AccountsModule,
        HealthModule,
      ],
    };
  }
}
