import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccountErasure } from '../../src/accounts/account-erasure.js';
import { AccountSweeper } from '../../src/accounts/account-sweeper.js';
import { createApp } from '../../src/app.js';
import { AppModule } from '../../src/app.module.js';
import type { User } from '../../src/auth/current-user.js';
import { Clock } from '../../src/common/clock.js';
import type { Sweeper } from '../../src/common/sweeper.js';
import { DocumentSweeper } from '../../src/documents/sweep/document-sweeper.js';
import { Logs } from '../../src/telemetry/logs.js';
import { permissionOfUrl, permissionsIn, TASK_ACTIONS, watchPermissions } from '../support/task-role.js';
import { ownCloud } from '../uploads/world.js';
import { Tour } from './tour.js';

/** Past every due date that the tour leaves behind. */
const DAYS_31 = 31 * 86_400_000;

describe('the task roles, against what the code really calls', () => {
  const needed = { api: new Set<string>(), sweeper: new Set<string>() };
  let environment: Record<string, string>;
  let app: NestFastifyApplication;
  beforeAll(async () => {
    const config = await ownCloud();
    environment = { ...Object.fromEntries(Object.entries(config).filter(([, value]) => typeof value === 'string')), LOG_LEVEL: 'fatal', NODE_ENV: 'test' };
    app = await createApp(environment);
    watchPermissions(app, (permission) => needed.api.add(permission));
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const tour = () => new Tour(url, (method, signed) => needed.api.add(permissionOfUrl(method, signed)));
    await tour().everything();
    const [leaver, erased] = [tour(), tour()];
    await leaver.leaveThings();
    await erased.leaveThings();
    // No time to erase anything itself: all of it is the sweeper's.
    const user = { userId: erased.userId, signInId: erased.userId, issuedAt: Math.floor(Date.now() / 1_000), token: erased.token } as User;
    await app.get(AccountErasure, { strict: false }).erase(user, 0);
    await sweep();
  }, 60_000);
  afterAll(() => app?.close());

  /** Once for each kind of leftover, and once more for what the first sweep left for later. */
  async function sweep(): Promise<void> {
    const context = await NestFactory.createApplicationContext(AppModule.forEnvironment(environment, new Logs('fatal')), { logger: false, abortOnError: false });
    watchPermissions(context, (permission) => needed.sweeper.add(permission));
    const clock = context.get(Clock, { strict: false });
    for (const ahead of [0, DAYS_31, 2 * DAYS_31]) {
      Object.defineProperty(clock, 'now', { value: () => Date.now() + ahead, configurable: true });
      for (const type of [AccountSweeper, DocumentSweeper]) {
        const { failures } = await context.get<Sweeper>(type, { strict: false }).sweep();
        expect(failures).toBe(0);
      }
    }
    await context.close();
  }

  it.each(['api', 'sweeper'] as const)('the %s may do what it does: nothing is missing, nothing to spare', (program) => {
    // Read before anybody can listen, while the application starts.
    needed[program].add('secret secretsmanager:GetSecretValue');
    expect([...needed[program]].toSorted()).toEqual([...permissionsIn(TASK_ACTIONS[program])].toSorted());
  });
});
