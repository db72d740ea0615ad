import { readFileSync } from 'node:fs';
import type { Environment } from '../../local/names.js';
import type { DemoUser } from '../../local/users.js';

interface TestCloud {
  env: Environment;
  users: DemoUser[];
}

const read = (): TestCloud => JSON.parse(readFileSync(process.env['TEST_CLOUD_FILE'] ?? '', 'utf8')) as TestCloud;

/** The environment of a replica over the suites' embedded cloud. */
export const cloudEnv = (): Environment => ({ ...read().env, NODE_ENV: 'test', LOG_LEVEL: 'fatal' });

export const demoUsers = (): DemoUser[] => read().users;
