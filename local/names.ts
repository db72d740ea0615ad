/** Names of the embedded cloud: unmistakable, so that a leak of one can be searched for. Its keys are public. */
export const LOCAL = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'stateless-local-key',
  AWS_SECRET_ACCESS_KEY: 'stateless-local-secret',
  COGNITO_USER_POOL_ID: 'us-east-1_LocalPool',
  COGNITO_CLIENT_ID: 'statelesslocalclient000000',
  PROFILES_TABLE: 'stateless-local-profiles',
  DOCUMENTS_TABLE: 'stateless-local-documents',
  SESSIONS_TABLE: 'stateless-local-sessions',
  IDEMPOTENCY_TABLE: 'stateless-local-idempotency',
  DOCUMENTS_BUCKET: 'stateless-local-documents',
  APP_SECRET_ID: 'stateless-local-app',
  /** It will ask for Node 22 in 2027; until then the reminder only hides what matters. */
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
} as const;

/** Where the app is served when nobody else listens there. */
export const SPA_PORT = 5_173;

/** The app by either of its names: what the API and the bucket allow, and where sign-in may return to. */
export const spaOrigins = (port = SPA_PORT): string[] => [`http://localhost:${port}`, `http://127.0.0.1:${port}`];

export type Environment = Record<string, string>;

/** The origins that an environment lets call. */
export const spaOriginsOf = (environment: Environment): string[] => (environment['CORS_ORIGINS'] ?? '').split(',').filter(Boolean);
