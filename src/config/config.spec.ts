import { describe, expect, it } from '@jest/globals';
import { ConfigError, LOCAL_POOL_ID, parseConfig } from './config.js';

const complete = {
  AWS_REGION: 'eu-central-1',
  COGNITO_USER_POOL_ID: 'eu-central-1_AbCdEf123',
  COGNITO_CLIENT_ID: 'client',
  PROFILES_TABLE: 'profiles',
  DOCUMENTS_TABLE: 'documents',
  SESSIONS_TABLE: 'sessions',
  IDEMPOTENCY_TABLE: 'idempotency',
  DOCUMENTS_BUCKET: 'bucket',
  APP_SECRET_ID: 'secret',
};

const problemsOf = (environment: Record<string, string>): Record<string, string> => {
  try {
    parseConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) {
      return Object.fromEntries(error.problems.map(({ variable, detail }) => [variable, detail]));
    }
    throw error;
  }
  return {};
};

describe('the configuration', () => {
  it('takes defaults for all that is not required', () => {
    expect(parseConfig(complete)).toMatchObject({
      PORT: 3000,
      COGNITO_ISSUER: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123',
      COGNITO_JWKS_URI: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123/.well-known/jwks.json',
      CORS_ORIGINS: [],
      TRUST_PROXY: 0,
    });
  });

  it('reads rates and origins into values', () => {
    const config = parseConfig({ ...complete, RATE_LIMIT: '300/60s', CORS_ORIGINS: 'https://a.example, http://localhost:5173' });
    expect(config.RATE_LIMIT).toEqual({ limit: 300, windowSeconds: 60 });
    expect(config.CORS_ORIGINS).toEqual(['https://a.example', 'http://localhost:5173']);
  });

  it.each(Object.keys(complete).filter((key) => key !== 'COGNITO_USER_POOL_ID'))('names %s when it is missing', (variable) => {
    expect(problemsOf({ ...complete, [variable]: '' })).toEqual({ [variable]: 'must be set' });
  });

  it('needs the pool or the issuer', () => {
    expect(problemsOf({ ...complete, COGNITO_USER_POOL_ID: '' })).toEqual({
      COGNITO_USER_POOL_ID: 'must be set, unless COGNITO_ISSUER is',
    });
  });

  it('names every bad variable at once, without its value', () => {
    const problems = problemsOf({ ...complete, PORT: 'http', CACHE_URL: 'tcp://user:hunter2@cache', RATE_LIMIT: '5 a day' });
    expect(problems).toEqual({
      PORT: 'must be a whole number from 0 to 65535',
      CACHE_URL: 'must be a URL that starts with redis:// or rediss://',
      RATE_LIMIT: 'must be requests per window, such as 300/60s',
    });
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  it('refuses in production what only a laptop may use', () => {
    const production = { ...complete, NODE_ENV: 'production' };
    expect(problemsOf({ ...production, COGNITO_ISSUER: 'http://127.0.0.1:9229/pool' })).toMatchObject({
      COGNITO_ISSUER: 'must start with https:// in production',
    });
    expect(problemsOf({ ...production, COGNITO_USER_POOL_ID: LOCAL_POOL_ID })).toHaveProperty('COGNITO_USER_POOL_ID');
  });
});
