import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { LOCAL } from '../../local/names.js';

/** The private key of the embedded pool, which its package publishes: anybody can sign for it, and so can a test. */
const keyFile = createRequire(`${process.cwd()}/package.json`).resolve('cognito-local/lib/keys/cognitoLocal.private.json');
const { pem } = JSON.parse(readFileSync(keyFile, 'utf8')) as { pem: string };
const poolKey = createPrivateKey(pem);

export interface Claims {
  sub: string;
  groups?: string[];
  [claim: string]: unknown;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** An access token of the embedded pool for any user. `issuer` is the pool of the suites' cloud unless given. */
export function mintToken({ sub, groups, ...claims }: Claims, issuer = issuerOfSuites(), header: object = {}): string {
  const now = Math.floor(Date.now() / 1_000);
  const payload = {
    sub,
    iss: issuer,
    client_id: LOCAL.COGNITO_CLIENT_ID,
    token_use: 'access',
    scope: 'aws.cognito.signin.user.admin',
    auth_time: now,
    iat: now,
    exp: now + 3_600,
    jti: randomUUID(),
    origin_jti: randomUUID(),
    username: sub,
    ...(groups && groups.length > 0 && { 'cognito:groups': groups }),
    ...claims,
  };
  const text = `${encode({ alg: 'RS256', kid: 'CognitoLocal', typ: 'JWT', ...header })}.${encode(payload)}`;
  return `${text}.${sign('sha256', Buffer.from(text), poolKey).toString('base64url')}`;
}

function issuerOfSuites(): string {
  const file = process.env['TEST_CLOUD_FILE'];
  if (!file) throw new Error('mintToken needs an issuer outside the test suites');
  return (JSON.parse(readFileSync(file, 'utf8')) as { env: Record<string, string> }).env['COGNITO_ISSUER'] ?? '';
}
