import { Global, Logger, Module, type DynamicModule, type ModuleMetadata, type Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Clock } from '../common/clock.js';
import { Config } from '../config/config.js';
import { AccessTokenGuard } from './access-token.guard.js';
import { JwtStrategy } from './jwt.strategy.js';
import { KeySet } from './key-set.js';
import { RolesGuard } from './roles.guard.js';
import { SignInChecks } from './sign-in-checks.js';
import { SignOuts } from './sign-outs.js';
import { TokenCache } from './token-cache.js';

const logger = new Logger('KeySet');

/** Who calls, and whether they may: for every route of every module. Guards run in the order of this list. Made by `withSignOuts`. */
@Global()
@Module({
  providers: [
    TokenCache,
    SignInChecks,
    JwtStrategy,
    {
      provide: KeySet,
      inject: [Config, Clock],
      useFactory: (config: Config, clock: Clock) =>
        new KeySet(config.COGNITO_JWKS_URI, clock, (reason) =>
          logger.error(`The user pool's keys could not be read (${reason}); the last good ones stay in use.`),
        ),
    },
    { provide: APP_GUARD, useClass: AccessTokenGuard },
    { provide: APP_GUARD, useClass: RolesGuard },
  ],
  exports: [SignInChecks, KeySet],
})
export class AuthModule {
  /**
   * The module with a keeper of sign-outs from a feature, which is free to inject `SignInChecks` in return:
   * `AuthModule.withSignOuts({ provide: SignOuts, useExisting: SessionSignOuts }, [SessionsModule])`.
   */
  static withSignOuts(signOuts: Provider<SignOuts>, imports: ModuleMetadata['imports'] = []): DynamicModule {
    return { module: AuthModule, imports, providers: [signOuts] };
  }
}
