/** What differs between deployments; `terraform output -json spa` gives exactly this. */
export interface Config {
  apiUrl: string;
  issuer: string;
  clientId: string;
  /** `https://<domain>/oauth2/authorize` of the pool's domain. */
  authorizationEndpoint: string;
  /** Cognito's page that ends its own session; the embedded pool has none. */
  logoutEndpoint?: string;
  scopes: string[];
  /** Users of the embedded pool, for a sign-in by one click. */
  demoUsers?: { email: string; password: string }[];
  /** Where `npm run dev -- --replicas 3` lets its tasks be killed. */
  controlUrl?: string;
}

const REQUIRED = ['apiUrl', 'issuer', 'clientId', 'authorizationEndpoint', 'scopes'] as const;

/** Reads /config.json. Throws an error that says what is missing. */
export async function loadConfig(): Promise<Config> {
  const response = await fetch('/config.json', { cache: 'no-cache' });
  const config = response.ok ? ((await response.json().catch(() => ({}))) as Partial<Config>) : {};
  const missing = REQUIRED.filter((name) => config[name] === undefined);
  if (missing.length > 0) throw new Error(`/config.json lacks ${missing.join(', ')}. It is made by "terraform output -json spa", or by npm run dev.`);
  return config as Config;
}
