import { UserManager, WebStorageStateStore, type User, type UserManagerSettings } from 'oidc-client-ts';

interface Config {
  apiUrl: string;
  issuer: string;
  clientId: string;
  authorizationEndpoint: string;
  logoutEndpoint?: string;
  scopes: string[];
}

/** oidc-client-ts as published, with the settings that Cognito needs: the pool has no discovery that a page could use here. */
const settingsOf = ({ issuer, clientId, authorizationEndpoint, logoutEndpoint, scopes }: Config): UserManagerSettings => ({
  authority: issuer,
  client_id: clientId,
  redirect_uri: `${location.origin}/callback`,
  scope: scopes.join(' '),
  userStore: new WebStorageStateStore({ store: localStorage }),
  metadata: {
    issuer,
    authorization_endpoint: authorizationEndpoint,
    token_endpoint: authorizationEndpoint.replace(/authorize$/, 'token'),
    end_session_endpoint: logoutEndpoint,
  },
});

const config = (await (await fetch('/config.json')).json()) as Config;
const manager = new UserManager(settingsOf(config));
let user: User | null = location.pathname === '/callback' ? await manager.signinCallback().then((signedIn) => signedIn ?? null) : await manager.getUser();
if (location.pathname === '/callback') history.replaceState(null, '', '/');

const page = {
  signIn: () => manager.signinRedirect(),
  isSignedIn: () => user !== null,
  tokens: () => ({ access: user?.access_token, refresh: user?.refresh_token, email: user?.profile.email }),
  refresh: async () => {
    user = await manager.signinSilent();
    return user?.access_token;
  },
  signOut: () => manager.signoutRedirect({ extraQueryParams: { client_id: config.clientId, logout_uri: `${location.origin}/` } }),
  call: async (path: string, init: RequestInit = {}) => {
    const response = await fetch(config.apiUrl + path, { ...init, headers: { ...init.headers, authorization: `Bearer ${user?.access_token}` } });
    return { status: response.status, etag: response.headers.get('etag'), requestId: response.headers.get('x-request-id'), body: await response.text() };
  },
};

export type OidcPage = typeof page;
Object.assign(window, { page });
