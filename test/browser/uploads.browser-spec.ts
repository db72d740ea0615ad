import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import type { Client } from '../support/client.js';
import { checksumOf, enterAs, makeFile, MIB, otherWindow } from './support/app-page.js';
import { launchBrowser, PATIENCE } from './support/chromium.js';
import { startWorld, type World } from './support/world.js';

/** The least that is sent in parts, of which there are then five. MiB. */
const IN_PARTS = 65;
const PART = /[?&]partNumber=/;

describe("the app's uploads, over two tasks and with access tokens of ten seconds", () => {
  let world: World;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let other: Client;
  const folder = mkdtempSync(join(tmpdir(), 'browser-'));

  beforeAll(async () => {
    const options = { folder: 'artifacts/browser/app', fallback: 'index.html', replicas: 2, tokenSeconds: 10 };
    [world, browser] = await Promise.all([startWorld(options), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    context = await browser.newContext();
    context.setDefaultTimeout(PATIENCE);
    page = await context.newPage();
    await enterAs(page, world, 'Linus');
    other = otherWindow(world, 'Linus');
  });
  afterEach(() => context.close());

  const choose = (path: string) => page.getByLabel('Choose files to upload').setInputFiles(path);
  const finished = (name: string) => page.getByRole('listitem').filter({ hasText: name }).getByText('Finished ·').waitFor();

  /** Lets so many parts through; the next ones wait until `open` is called. */
  async function gate(parts: number) {
    const held: Route[] = [];
    let passed = 0;
    let isOpen = false;
    await page.route(PART, async (route) => {
      if (route.request().method() !== 'PUT' || isOpen || passed < parts) {
        if (route.request().method() === 'PUT') passed += 1;
        return route.continue();
      }
      held.push(route);
    });
    return {
      get passed() {
        return passed;
      },
      reached: async () => {
        while (held.length === 0) await page.waitForTimeout(50);
      },
      open: async () => {
        isOpen = true;
        passed += held.length;
        await Promise.all(held.splice(0).map((route) => route.continue()));
      },
      /** As if the connection broke. */
      drop: () => Promise.all(held.splice(0).map((route) => route.abort().catch(() => {}))),
    };
  }

  const document = async (name: string) => {
    const { body } = await other.get('/v1/documents?limit=100');
    return (body as { items: { id: string; name: string; status: string; size: number }[] }).items.find((item) => item.name === name);
  };

  async function expectWhole(name: string, checksum: string): Promise<void> {
    await finished(name);
    const found = await document(name);
    expect(found).toMatchObject({ status: 'ready' });
    expect(await checksumOf(other, found?.id ?? '')).toBe(checksum);
  }

  it('sends 200 MiB with a pause and a reload in the middle, and no part twice', async () => {
    const { path, checksum } = makeFile(folder, 'long.bin', 200);
    const before = await gate(3);
    await choose(path);
    await before.reached();
    const { id } = (await document('long.bin')) ?? { id: '' };
    await waitForParts(id, 3);
    await page.getByRole('button', { name: 'Pause: long.bin' }).click();
    await page.getByText(/Paused at/).waitFor();
    await page.getByRole('button', { name: 'Resume: long.bin' }).click();
    await before.reached();
    page.once('dialog', (dialog) => void dialog.accept());
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.reload();

    const sent: string[] = [];
    page.on('request', (request) => request.method() === 'PUT' && PART.test(request.url()) && sent.push(request.url()));
    await page.getByText(/Interrupted .* what has arrived is kept/).waitFor();
    await page.getByLabel('Choose long.bin again to go on').setInputFiles(path);
    await expectWhole('long.bin', checksum);
    expect(sent.length).toBe(13 - 3);
    expect(await document('long.bin')).toMatchObject({ size: 200 * MIB });
  });

  async function ready(task: number): Promise<void> {
    while (!world.fleet.tasks()[task - 1]?.isReady) await page.waitForTimeout(100);
  }

  async function waitForParts(id: string, count: number): Promise<void> {
    for (;;) {
      const { body } = await other.get(`/v1/documents/${id}/upload/parts`);
      if ((body as { parts: unknown[] }).parts.length >= count) return;
      await page.waitForTimeout(100);
    }
  }

  it('waits while it is off line, and goes on by itself', async () => {
    const { path, checksum } = makeFile(folder, 'tunnel.bin', IN_PARTS);
    const parts = await gate(1);
    await choose(path);
    await parts.reached();
    await context.setOffline(true);
    await parts.drop();
    await page.getByText('You are offline.').waitFor();
    await page.getByText('Waiting for the network').waitFor();
    await parts.open();
    await context.setOffline(false);
    await expectWhole('tunnel.bin', checksum);
  });

  it('gets a new access token when the one it began with ends during an upload', async () => {
    const { path, checksum } = makeFile(folder, 'token.bin', IN_PARTS);
    const tokens = new Set<string>();
    page.on('request', (request) => {
      const { authorization } = request.headers();
      if (authorization && request.url().startsWith(world.apiUrl)) tokens.add(authorization);
    });
    const parts = await gate(1);
    await choose(path);
    await parts.reached();
    await page.waitForTimeout(11_000);
    await parts.open();
    await expectWhole('token.bin', checksum);
    expect(tokens.size).toBeGreaterThan(1);
  });

  it('keeps the upload when the sign-in has ended, and goes on after another', async () => {
    const { path, checksum } = makeFile(folder, 'again.bin', IN_PARTS);
    const parts = await gate(1);
    await choose(path);
    await parts.reached();
    const refuse = (route: Route) => route.fulfill({ status: 400, headers: { 'access-control-allow-origin': '*' }, json: { error: 'invalid_grant' } });
    await page.route('**/oauth2/token', refuse);
    await page.waitForTimeout(10_000);
    await parts.open();
    await page.getByRole('dialog', { name: 'Your sign-in has ended' }).waitFor();
    await page.unroute('**/oauth2/token', refuse);
    const opening = page.waitForEvent('popup');
    await page.getByRole('button', { name: 'Sign in again' }).click();
    const popup = await opening;
    const user = world.cloud.users.find(({ email }) => email.startsWith('linus'));
    await popup.getByLabel('Username').fill(user?.email ?? '');
    await popup.getByLabel('Password').fill(user?.password ?? '');
    await popup.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expectWhole('again.bin', checksum);
  });

  it('loses nothing when tasks are killed during an upload, and shows who answered', async () => {
    const { path, checksum } = makeFile(folder, 'killed.bin', IN_PARTS);
    const parts = await gate(2);
    await choose(path);
    await parts.reached();
    world.fleet.kill(1);
    await parts.open();
    await expectWhole('killed.bin', checksum);
    await page.getByRole('link', { name: 'Tasks' }).click();
    for (const task of [1, 2]) {
      await ready(task);
      await page.getByRole('button', { name: 'Ask 30 times' }).click();
      world.fleet.kill(task);
      await page.getByRole('button', { name: 'Ask 30 times' }).waitFor();
    }
    expect(await page.getByRole('definition').first().textContent()).toBe('nothing');
    for (const task of ['task-1', 'task-2']) await page.getByText(task, { exact: true }).first().waitFor();
  });

  it('says so when the file changes while it uploads, and publishes nothing', async () => {
    const { path } = makeFile(folder, 'moving.bin', IN_PARTS);
    const parts = await gate(1);
    await choose(path);
    await parts.reached();
    appendFileSync(path, 'more');
    await parts.open();
    await page.getByText('The file changed after its upload began.').waitFor();
    expect((await document('moving.bin'))?.status).not.toBe('ready');
  });

  it('discards what is stored when an upload is cancelled', async () => {
    const { path } = makeFile(folder, 'unwanted.bin', IN_PARTS);
    const parts = await gate(1);
    await choose(path);
    await parts.reached();
    const { id } = (await document('unwanted.bin')) ?? { id: '' };
    await page.getByRole('button', { name: 'Cancel: unwanted.bin' }).click();
    await page.getByRole('progressbar').waitFor({ state: 'detached' });
    await page.waitForResponse((response) => response.request().method() === 'DELETE' && response.url().endsWith(`${id}/upload`)).catch(() => {});
    expect(await document('unwanted.bin')).toMatchObject({ status: 'rejected' });
  });
});
