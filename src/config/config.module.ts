import { Global, Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule as NestConfigModule, ConfigService } from '@nestjs/config';
import { Config, parseConfig } from './config.js';

/** Parses the environment once and offers it everywhere as `Config`. */
@Global()
@Module({})
export class ConfigModule {
  static forEnvironment(environment: Record<string, string | undefined>): DynamicModule {
    const load = () => ({ settings: parseConfig(environment) });
    return {
      module: ConfigModule,
      imports: [NestConfigModule.forRoot({ ignoreEnvFile: true, skipProcessEnv: true, load: [load] })],
      providers: [
        {
          provide: Config,
          inject: [ConfigService],
          useFactory: (service: ConfigService) => service.getOrThrow<Config>('settings'),
        },
      ],
      exports: [Config],
    };
  }
}
