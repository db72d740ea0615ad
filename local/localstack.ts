import { signInAll } from './cognito.js';
import type { Cloud } from './cloud.js';
import { LOCAL, spaOrigins, type Environment } from './names.js';
import { seed } from './seed.js';

const LOCALSTACK = 'http://127.0.0.1:4566';
const COGNITO = 'http://127.0.0.1:9229';

/** The services of compose.yaml, which must be up. Seeded by the same code as the embedded cloud. */
export async function connectLocalStack(): Promise<Cloud> {
  const issuer = `${COGNITO}/${LOCAL.COGNITO_USER_POOL_ID}`;
  const env: Environment = {
    ...LOCAL,
    AWS_ENDPOINT_URL: LOCALSTACK,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: COGNITO,
    COGNITO_ISSUER: issuer,
    COGNITO_JWKS_URI: `${issuer}/.well-known/jwks.json`,
    CACHE_URL: 'redis://127.0.0.1:6379',
    CORS_ORIGINS: spaOrigins().join(','),
    RATE_LIMIT: '100000/60s',
    RATE_LIMIT_ANONYMOUS: '100000/60s',
    SHUTDOWN_DRAIN_SECONDS: '1',
  };
  const isUp = await fetch(`${LOCALSTACK}/_localstack/health`).then(({ ok }) => ok, () => false);
  if (!isUp) throw new Error('LocalStack does not answer on 127.0.0.1:4566. Start it first: docker compose -f local/compose.yaml up -d --wait');
  await seed(env);
  return { env, users: await signInAll(env), stop: async () => {} };
}
