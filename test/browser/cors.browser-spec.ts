import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { freePort } from '../../local/processes.js';
import { newActorOf, type Actor } from './support/actors.js';
import { launchBrowser } from './support/chromium.js';
import { serveSite, type Site } from './support/site.js';
import { startWorld, type World } from './support/world.js';

interface Asking {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** What a page can do from where it is: the request's outcome as the page sees it. */
async function ask(page: Page, url: string, init: Asking): Promise<string> {
  return page.evaluate(
    async ([address, options]) => fetch(address, options).then(({ status }) => String(status), (error: Error) => error.name),
    [url, init] as const,
  );
}

describe('pages of other origins', () => {
  let world: World;
  let foreign: Site;
  let browser: Browser;
  let actor: Actor;
  let own: Page;
  let other: Page;

  beforeAll(async () => {
    const options = { folder: 'artifacts/browser/pages', fallback: 'oidc.html' };
    [world, browser] = await Promise.all([startWorld(options), launchBrowser()]);
    foreign = await serveSite(await freePort(), { ...options, config: () => world.config, connect: () => ['http:'] });
    actor = newActorOf(world);
    [own, other] = await Promise.all([browser.newPage(), browser.newPage()]);
    await Promise.all([own.goto(world.siteUrl), other.goto(foreign.url)]);
  });
  afterAll(async () => {
    await browser?.close();
    await foreign?.stop();
    await world?.stop();
  });

  const authorized = () => ({ headers: { authorization: `Bearer ${actor.token}` } });

  it('cannot read the API, while the app can', async () => {
    const url = `${world.apiUrl}/v1/documents/usage`;
    expect(await ask(own, url, authorized())).toBe('200');
    expect(await ask(other, url, authorized())).toBe('TypeError');
  });

  it('cannot make a change: the preflight is refused and nothing is written', async () => {
    const headers = { ...authorized().headers, 'content-type': 'application/json' };
    const change = { method: 'PUT', headers, body: JSON.stringify({ displayName: 'Mallory' }) };
    expect(await ask(other, `${world.apiUrl}/v1/profiles/me`, change)).toBe('TypeError');
    expect((await actor.client.get('/v1/profiles/me')).status).toBe(404);
    expect(await ask(own, `${world.apiUrl}/v1/profiles/me`, change)).toBe('201');
  });

  it('cannot use an upload ticket or read a download, even when they know the address', async () => {
    const created = await actor.client.post('/v1/documents', { name: 'a.txt', contentType: 'text/plain', size: 5 });
    const { url, headers } = created.body.upload as { url: string; headers: Record<string, string> };
    const put = { method: 'PUT', headers, body: 'hello' };
    expect(await ask(other, url, put)).toBe('TypeError');
    expect(await ask(own, url, put)).toBe('200');
    const { id } = created.body.document as { id: string };
    expect((await actor.client.post(`/v1/documents/${id}/upload/complete`)).status).toBe(200);
    const download = (await actor.client.get(`/v1/documents/${id}/download`)).body.url as string;
    expect(await ask(other, download, {})).toBe('TypeError');
    expect(await ask(own, download, {})).toBe('200');
  });
});
