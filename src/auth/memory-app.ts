import 'reflect-metadata';
import { request as httpRequest } from 'node:http';
import { Controller, Get, Global, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Clock } from '../common/clock.js';
import { ProblemFilter } from '../common/problem.filter.js';
import { Config } from '../config/config.js';
import { AuthModule } from './auth.module.js';
import { CurrentUser, type User } from './current-user.js';
import { MemoryUserPool } from './memory-user-pool.js';
import { Public } from './public.js';
import { Roles } from './roles.js';
import { SignInChecks } from './sign-in-checks.js';
import { SignOuts } from './sign-outs.js';

/** Years behind the wall clock, so that whatever reads that one instead is found out. */
export class StoppedClock extends Clock {
  at = Date.parse('2021-02-03T04:05:06Z');
  now = (): number => this.at;
}

@Injectable()
export class MemorySignOuts extends SignOuts {
  /** What to answer for a user, by `userId`. */
  readonly failures = new Map<string, Error>();

  async check({ userId }: User): Promise<void> {
    const failure = this.failures.get(userId);
    if (failure) throw failure;
  }
}

@Controller()
class Routes {
  constructor(private readonly checks: SignInChecks) {}

  @Public()
  @Get('open')
  open() {
    return { open: true };
  }

  @Get('me')
  me(@CurrentUser() user: User) {
    return { user, token: user.token, hasChecks: this.checks instanceof SignInChecks };
  }

  @Roles('admin')
  @Get('admin')
  admin() {
    return { admin: true };
  }
}

/** As a feature would: it keeps the sign-outs and asks for `SignInChecks` itself. */
@Module({ controllers: [Routes], providers: [MemorySignOuts], exports: [MemorySignOuts] })
class Sessions {}

export interface Answer {
  status: number;
  challenge?: string;
  retryAfter?: string;
  body: any;
}

/** A small application behind the guards. Its headers may be 4 MiB, so that it is the guards that refuse large tokens. */
export class MemoryApp {
  readonly clock = new StoppedClock();
  private app!: NestFastifyApplication;
  private url = '';

  constructor(readonly pool: MemoryUserPool) {}

  async start(): Promise<this> {
    const adapter = new FastifyAdapter({ http: { maxHeaderSize: 4 * 2 ** 20 } });
    this.app = await NestFactory.create<NestFastifyApplication>(this.root(), adapter, { logger: false, abortOnError: false });
    this.app.useGlobalFilters(new ProblemFilter());
    await this.app.listen(0, '127.0.0.1');
    this.url = await this.app.getUrl();
    return this;
  }

  close = (): Promise<void> => this.app.close();
  find = <T>(type: new (...inputs: any[]) => T): T => this.app.get(type, { strict: false });
  seconds = (): number => Math.floor(this.clock.at / 1_000);
  claims = (changes: object = {}): object => this.pool.claims(this.clock.at, changes);
  present = (token: string, path = '/me'): Promise<Answer> => this.get(path, `Bearer ${token}`);

  /** Sends the authorization headers as they are, several if so wished. */
  get(path: string, authorization: string | string[] = []): Promise<Answer> {
    const headers = ['Host', 'test', ...[authorization].flat().flatMap((value) => ['Authorization', value])];
    return new Promise((resolve, reject) => {
      const request = httpRequest(`${this.url}${path}`, { headers, agent: false }, (reply) => {
        const { 'www-authenticate': challenge, 'retry-after': retryAfter } = reply.headers;
        reply.setEncoding('utf8').toArray().then((text) => {
          resolve({ status: reply.statusCode ?? 0, challenge, retryAfter, body: JSON.parse(text.join('')) });
        }, reject);
      });
      request.on('error', reject).end();
    });
  }

  private root() {
    const { issuer, jwksUri } = this.pool;
    const config = { COGNITO_ISSUER: issuer, COGNITO_JWKS_URI: jwksUri, COGNITO_CLIENT_ID: MemoryUserPool.clientId };
    const providers = [
      { provide: Clock, useValue: this.clock },
      { provide: Config, useValue: config },
    ];
    @Global()
    @Module({ providers, exports: [Clock, Config] })
    class Ground {}
    @Module({ imports: [Ground, AuthModule.withSignOuts({ provide: SignOuts, useExisting: MemorySignOuts }, [Sessions])] })
    class Root {}
    return Root;
  }
}
