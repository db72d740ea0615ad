import { z } from 'zod';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** The embedded cloud's user pool: its private key is public, so production must never trust it. */
export const LOCAL_POOL_ID = 'us-east-1_LocalPool';

const name = z.string().min(1, 'must not be empty');

const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);

/** An amount that may exceed 32 bits, such as bytes. */
const amount = (max: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,15}$/, `must be a whole number from 1 to ${max}`)
    .transform(Number)
    .refine((value) => value <= max, `must be a whole number from 1 to ${max}`);

const parseUrl = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

const url = (...protocols: string[]) =>
  z.string().refine((text) => {
    const parsed = parseUrl(text);
    return parsed !== undefined && protocols.includes(parsed.protocol) && parsed.hash === '';
  }, `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`);

/** A budget of requests in a window of seconds. */
export interface Rate {
  limit: number;
  windowSeconds: number;
}

const rate = z
  .string()
  .regex(/^[1-9]\d{0,8}\/[1-9]\d{0,4}s$/, 'must be requests per window, such as 300/60s')
  .transform((text): Rate => {
    const [limit, window] = text.split('/');
    return { limit: Number(limit), windowSeconds: Number.parseInt(window ?? '', 10) };
  });

const origins = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()).filter(Boolean))
  .refine(
    (list) => list.every((origin) => parseUrl(origin)?.origin === origin && /^https?:/.test(origin)),
    'must be origins separated by commas, such as https://app.example.com',
  );

const variables = z.object({
  AWS_REGION: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS region, such as eu-central-1'),
  AWS_ENDPOINT_URL: url('http:', 'https:').optional(),
  AWS_ENDPOINT_URL_S3: url('http:', 'https:').optional(),
  PORT: integer(0, 65_535).prefault('3000'),
  HOST: name.prefault('0.0.0.0'),
  NODE_ENV: z.enum(['development', 'test', 'production'], 'must be development, test or production').prefault('development'),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).prefault('info'),
  COGNITO_USER_POOL_ID: z.string().regex(/^[a-z0-9-]+_[A-Za-z0-9]+$/, 'must be a user pool id, such as eu-central-1_AbCdEf123').optional(),
  COGNITO_CLIENT_ID: z.string().regex(/^[\w+]+$/, 'must be an app client id of the user pool'),
  COGNITO_ISSUER: url('http:', 'https:').optional(),
  COGNITO_JWKS_URI: url('http:', 'https:').optional(),
  PROFILES_TABLE: name,
  DOCUMENTS_TABLE: name,
  SESSIONS_TABLE: name,
  IDEMPOTENCY_TABLE: name,
  DOCUMENTS_BUCKET: name,
  S3_PUBLIC_ENDPOINT: url('http:', 'https:').optional(),
  CACHE_URL: url('redis:', 'rediss:').optional(),
  APP_SECRET_ID: name,
  SECRETS_REFRESH_SECONDS: integer(1, 90).prefault('60'),
  CORS_ORIGINS: origins.prefault(''),
  RATE_LIMIT: rate.prefault('600/60s'),
  RATE_LIMIT_WRITES: rate.optional(),
  RATE_LIMIT_ANONYMOUS: rate.prefault('120/60s'),
  RATE_LIMIT_GUESSES: rate.optional(),
  TRUST_PROXY: integer(0, 10).prefault('0'),
  LIMIT_BYTES: amount(Number.MAX_SAFE_INTEGER).prefault(String(2 ** 40)),
  LIMIT_DOCUMENTS: amount(1_000_000).prefault('10000'),
  LIMIT_PENDING_UPLOADS: amount(10_000).prefault('100'),
  LIMIT_FILE_BYTES: amount(5 * 2 ** 40).prefault(String(100 * 2 ** 30)),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http:', 'https:').optional(),
  SHUTDOWN_DRAIN_SECONDS: integer(0, 3_600).prefault('10'),
});

const settings = variables
  .refine((v) => v.COGNITO_ISSUER ?? v.COGNITO_USER_POOL_ID, {
    path: ['COGNITO_USER_POOL_ID'],
    error: 'must be set, unless COGNITO_ISSUER is',
  })
  .transform((v) => {
    const issuer = v.COGNITO_ISSUER ?? `https://cognito-idp.${v.AWS_REGION}.amazonaws.com/${v.COGNITO_USER_POOL_ID}`;
    const jwksUri = v.COGNITO_JWKS_URI ?? `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`;
    return { ...v, COGNITO_ISSUER: issuer, COGNITO_JWKS_URI: jwksUri };
  })
  .superRefine((v, context) => {
    if (v.NODE_ENV !== 'production') return;
    const refuse = (variable: string, message: string) =>
      context.addIssue({ code: 'custom', path: [variable], message });
    for (const variable of ['COGNITO_ISSUER', 'COGNITO_JWKS_URI'] as const) {
      if (!v[variable].startsWith('https:')) refuse(variable, 'must start with https:// in production');
    }
    if (v.COGNITO_USER_POOL_ID === LOCAL_POOL_ID || v.COGNITO_ISSUER.includes(LOCAL_POOL_ID)) {
      refuse('COGNITO_USER_POOL_ID', 'must not be the embedded pool in production: anybody can sign its tokens');
    }
  });

/** The parsed environment: one field per variable, under the variable's own name. */
export interface Config extends z.infer<typeof settings> {}
export class Config {}

/** Names each bad variable and what it should be, and never its value: it may be a secret. */
export class ConfigError extends Error {
  constructor(readonly problems: { variable: string; detail: string }[]) {
    const lines = problems.map(({ variable, detail }) => `  ${variable} ${detail}`);
    super(`The configuration is not usable:\n${lines.join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** Reads the environment once. A variable set to nothing counts as unset. Throws `ConfigError` naming every bad variable. */
export function parseConfig(environment: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = settings.safeParse(given);
  if (result.success) return Object.assign(new Config(), result.data);
  throw new ConfigError(
    result.error.issues.map((issue) => {
      const variable = String(issue.path[0]);
      return { variable, detail: given[variable] === undefined && issue.code === 'invalid_type' ? 'must be set' : issue.message };
    }),
  );
}
