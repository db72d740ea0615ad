import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, PATIENCE } from './support/chromium.js';
import { startWorld, type World } from './support/world.js';
import type { OidcPage } from './pages/oidc.js';

declare const window: Window & { page: OidcPage };

/** Cognito's own page for signing out, which the embedded pool lacks. */
const LOGOUT = 'https://sign-in.example.com/logout';

const claimsOf = (token = '') => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { origin_jti?: string };

describe('oidc-client-ts 3.5, as published', () => {
  let world: World;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    [world, browser] = await Promise.all([startWorld({ folder: 'artifacts/browser/pages', fallback: 'oidc.html' }), launchBrowser()]);
    world.config.logoutEndpoint = LOGOUT;
  });
  afterAll(async () => {
    await browser?.close();
    await world?.stop();
  });

  beforeEach(async () => {
    page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE);
    await page.goto(world.siteUrl);
    await signIn();
  });
  afterEach(() => page.context().close());

  /** Through the pool's own login form, as a person would. */
  async function signIn(): Promise<void> {
    const [user] = world.cloud.users;
    await page.waitForFunction(() => 'page' in window);
    await page.evaluate(() => void window.page.signIn());
    await page.getByLabel('Username').fill(user?.email ?? '');
    await page.getByLabel('Password').fill(user?.password ?? '');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${world.siteUrl}/`);
    await page.waitForFunction(() => window.page.isSignedIn());
  }

  it('signs in with PKCE and calls the API with the access token', async () => {
    const [user] = world.cloud.users;
    expect(await page.evaluate(() => window.page.tokens())).toMatchObject({ email: user?.email, refresh: expect.any(String) });
    const put = await page.evaluate(() =>
      window.page.call('/v1/profiles/me', { method: 'PUT', body: JSON.stringify({ displayName: 'Ada' }), headers: { 'content-type': 'application/json' } }),
    );
    expect(put.status).toBe(201);
    const got = await page.evaluate((etag) => window.page.call('/v1/profiles/me', { headers: { 'if-none-match': etag } }), put.etag ?? '');
    expect(got).toMatchObject({ status: 304, etag: put.etag, requestId: expect.any(String) });
  });

  it('keeps the sign-in over a reload', async () => {
    await page.reload();
    await page.waitForFunction(() => window.page.isSignedIn());
    expect((await page.evaluate(() => window.page.call('/v1/documents'))).status).toBe(200);
  });

  it('gets a new access token for its refresh token, and the API takes it', async () => {
    const before = await page.evaluate(() => window.page.tokens().access);
    // Tokens of the same second are equal.
    await page.waitForTimeout(1_100);
    const after = await page.evaluate(() => window.page.refresh());
    expect(after).not.toBe(before);
    expect(claimsOf(after).origin_jti).toEqual(expect.any(String));
    expect(claimsOf(after).origin_jti).toBe(claimsOf(before).origin_jti);
    expect((await page.evaluate(() => window.page.call('/v1/documents'))).status).toBe(200);
  });

  it("signs out at Cognito's page, with client_id and logout_uri, and comes back signed out", async () => {
    await page.route(`${LOGOUT}?*`, (route) => route.fulfill({ status: 302, headers: { location: new URL(route.request().url()).searchParams.get('logout_uri') ?? '' } }));
    const asked = page.waitForRequest(`${LOGOUT}?*`);
    await page.evaluate(() => void window.page.signOut());
    const query = new URL((await asked).url()).searchParams;
    expect(query.get('client_id')).toBe(world.config.clientId);
    expect(query.get('logout_uri')).toBe(`${world.siteUrl}/`);
    await page.waitForURL(`${world.siteUrl}/`);
    await page.waitForFunction(() => 'page' in window && !window.page.isSignedIn());
    expect(await page.evaluate(() => window.page.tokens())).toEqual({});
  });
});
