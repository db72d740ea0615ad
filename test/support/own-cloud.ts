import { randomUUID } from 'node:crypto';
import type { Environment } from '../../local/names.js';
import { seed } from '../../local/seed.js';
import { cloudEnv } from './cloud.js';

/** Tables and a bucket of a suite's own, so that it may sweep, search and audit all of them. */
export async function ownEnvironment(): Promise<Environment> {
  const name = `suite-${randomUUID()}`;
  const own = {
    ...cloudEnv(),
    PROFILES_TABLE: `${name}-profiles`,
    DOCUMENTS_TABLE: `${name}-documents`,
    SESSIONS_TABLE: `${name}-sessions`,
    IDEMPOTENCY_TABLE: `${name}-idempotency`,
    DOCUMENTS_BUCKET: name,
  };
  for (const [variable, value] of Object.entries(own)) if (variable.startsWith('AWS_')) process.env[variable] = value;
  await seed(own);
  return own;
}
