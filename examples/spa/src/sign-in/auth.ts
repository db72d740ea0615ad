import { NetworkError } from '@stateless-backend/client';
import { OidcClient, type User, UserManager, type UserManagerSettings, WebStorageStateStore } from 'oidc-client-ts';
import type { Config } from '../config';


export type AuthState = { status: 'signed-out' } | { status: 'signed-in'; user: SignedIn } | { status: 'ended'; user: SignedIn };

export interface SignedIn {
  id: string;
  email: string;
}

interface Claims {
  sub: string;
  iat: number;
  exp: number;
}

/** Who is signed in, and the access token to call the API with. Cognito has the tokens; this keeps them for the tab's reloads. */
export class Auth {
  private readonly settings: UserManagerSettings;
  private readonly manager: UserManager;
  private readonly listeners = new Set<() => void>();
  private user: User | null = null;
  private refreshing?: Promise<User | undefined>;
  private reentry?: { promise: Promise<string | undefined>; resolve: (token?: string) => void };
  state: AuthState = { status: 'signed-out' };

  constructor(private readonly config: Config) {
    this.settings = settingsOf(config);
    this.manager = new UserManager(this.settings);
    // Another tab signed out: so does this one.
    addEventListener('storage', ({ key, newValue }) => {
      if (key?.startsWith('oidc.user:') && newValue === null) this.enter(null);
    });
  }

  /** Finds an earlier sign-in, or finishes the one that has just returned here. Gives the path to go on with. */
  async start(): Promise<string> {
    if (location.pathname !== '/callback') {
      this.enter(await this.manager.getUser());
      return location.pathname + location.search;
    }
    const returned = await this.manager.signinCallback();
    this.enter(returned ?? null);
    return typeof returned?.state === 'string' ? returned.state : '/';
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  signIn = (): Promise<void> => this.manager.signinRedirect({ state: location.pathname });

  /** The same sign-in with the pool's login form filled in: the embedded pool's page asks for name and password only. */
  async signInAs({ email, password }: { email: string; password: string }): Promise<void> {
    const { url } = await new OidcClient(this.settings).createSigninRequest({ request_type: 'si:r', state: location.pathname });
    const asked = new URL(url);
    const form = document.createElement('form');
    form.method = 'post';
    form.action = asked.origin + asked.pathname;
    for (const [name, value] of [...asked.searchParams, ['username', email], ['password', password]] as [string, string][]) {
      const input = Object.assign(document.createElement('input'), { type: 'hidden', name, value });
      form.append(input);
    }
    document.body.append(form);
    form.submit();
  }

  /** In a window of its own, so that what is typed and what is uploading here stays. */
  async signInAgain(): Promise<void> {
    const user = await this.manager.signinPopup({ popupWindowFeatures: { width: 480, height: 640 } });
    const before = this.state.status === 'signed-out' ? undefined : this.state.user.id;
    if (before !== undefined && before !== user.profile.sub) return location.assign('/');
    this.enter(user);
    this.reentry?.resolve(user.access_token);
    this.reentry = undefined;
  }

  /** Forgets the tokens, and ends Cognito's own session where there is one. */
  async leave(): Promise<void> {
    this.reentry?.resolve();
    this.reentry = undefined;
    await this.manager.removeUser();
    this.enter(null);
    const { logoutEndpoint, clientId } = this.config;
    if (logoutEndpoint === undefined) return;
    const url = new URL(logoutEndpoint);
    url.search = new URLSearchParams({ client_id: clientId, logout_uri: `${location.origin}/` }).toString();
    location.assign(url);
  }

  /**
   * The client's token provider. A token that ends is refreshed; when that fails, or the API refuses the fresh one as well, the
   * sign-in has ended: callers wait until the user has signed in again, so nothing under way is lost. Undefined once they leave.
   */
  token = async (refused?: string): Promise<string | undefined> => {
    if (this.reentry) return this.reentry.promise;
    if (!this.user) return undefined;
    const current = this.user.access_token;
    if (refused === undefined && !endsSoon(current)) return current;
    if (refused !== undefined && refused !== current) return current;
    const refreshed = await this.refreshed();
    const isAccepted = refreshed && (refused === undefined || (await this.isAccepted(refreshed.access_token)));
    return isAccepted ? refreshed.access_token : this.ended();
  };

  private refreshed(): Promise<User | undefined> {
    // Cognito rotates refresh tokens: of several tabs one asks, and the others take what it got.
    this.refreshing ??= navigator.locks.request('refresh', () => this.refresh()).finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  /** Undefined when Cognito refuses; a lost network is an error and not the end of a sign-in. */
  private async refresh(): Promise<User | undefined> {
    const stored = await this.manager.getUser();
    if (stored && stored.access_token !== this.user?.access_token) return (this.user = stored);
    try {
      return (this.user = (await this.manager.signinSilent()) ?? this.user) ?? undefined;
    } catch (error) {
      if (passes(error as Error)) throw new NetworkError('The sign-in service could not be reached.', { cause: error });
      return undefined;
    }
  }

  private async isAccepted(token: string): Promise<boolean> {
    const asked = fetch(`${this.config.apiUrl}/v1/documents/usage`, { headers: { authorization: `Bearer ${token}` } });
    // No answer says nothing about the token: whoever uses it will see.
    return asked.then(({ status }) => status !== 401, () => true);
  }

  private ended(): Promise<string | undefined> {
    if (!this.reentry) {
      let resolve: (token?: string) => void = () => {};
      const promise = new Promise<string | undefined>((settle) => (resolve = settle));
      this.reentry = { promise, resolve };
      if (this.state.status === 'signed-in') this.tell({ status: 'ended', user: this.state.user });
    }
    return this.reentry.promise;
  }

  private enter(user: User | null): void {
    this.user = user;
    if (!user) return this.tell({ status: 'signed-out' });
    this.tell({ status: 'signed-in', user: { id: user.profile.sub, email: user.profile.email ?? 'Signed in' } });
  }

  private tell(state: AuthState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

const settingsOf = ({ issuer, clientId, authorizationEndpoint, scopes }: Config): UserManagerSettings => ({
  authority: issuer,
  client_id: clientId,
  redirect_uri: `${location.origin}/callback`,
  scope: scopes.join(' '),
  userStore: new WebStorageStateStore({ store: localStorage }),
  automaticSilentRenew: false,
  // Given, not discovered: Cognito's discovery would cost a request, and the embedded pool offers none.
  metadata: { issuer, authorization_endpoint: authorizationEndpoint, token_endpoint: authorizationEndpoint.replace(/authorize$/, 'token') },
});

/** No answer, or one that tells of trouble: trying again helps. */
const passes = ({ name, message }: Error): boolean => name === 'TypeError' || name === 'ErrorTimeout' || /\((429|5\d\d)\)/.test(message);

/** In its last 30 s, or in the last quarter of a shorter life, a token is replaced before it is used. */
function endsSoon(token: string): boolean {
  const { iat, exp } = claimsOf(token);
  return exp - Math.min(30, (exp - iat) / 4) < Date.now() / 1_000;
}

const claimsOf = (token: string): Claims => {
  const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  return JSON.parse(atob(payload)) as Claims;
};
