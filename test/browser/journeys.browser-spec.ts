import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Client } from '../support/client.js';
import { enterAs, forgetDocuments, makeDocument, MIB, otherWindow } from './support/app-page.js';
import { launchBrowser, PATIENCE } from './support/chromium.js';
import { startWorld, type World } from './support/world.js';

const LIMIT = 100 * MIB;

describe('the app', () => {
  let world: World;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let other: Client;
  const folder = mkdtempSync(join(tmpdir(), 'browser-'));

  beforeAll(async () => {
    const env = { LIMIT_FILE_BYTES: String(LIMIT) };
    [world, browser] = await Promise.all([startWorld({ folder: 'artifacts/browser/app', fallback: 'index.html', env }), launchBrowser()]);
    other = otherWindow(world, 'Grace');
  });
  afterAll(async () => {
    await browser?.close();
    await world?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await forgetDocuments(other);
    context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
    context.setDefaultTimeout(PATIENCE);
    page = await context.newPage();
    await enterAs(page, world, 'Grace');
  });
  afterEach(() => context.close());

  const file = (name: string, text = 'hello') => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
  const choose = (...files: { name: string; mimeType: string; buffer: Buffer }[]) => page.getByLabel('Choose files to upload').setInputFiles(files);
  const row = (name: string) => page.getByRole('listitem').filter({ has: page.getByRole('button', { name: `Details: ${name}` }) });

  it('takes a dropped file and gives it back byte for byte', async () => {
    await page.evaluate(() => {
      const files = new DataTransfer();
      files.items.add(new File(['dropped'], 'dropped.txt', { type: 'text/plain' }));
      for (const type of ['dragover', 'drop']) document.body.dispatchEvent(new DragEvent(type, { dataTransfer: files, bubbles: true, cancelable: true }));
    });
    const downloading = page.waitForEvent('download');
    await row('dropped.txt').getByRole('button', { name: 'Download' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('dropped.txt');
    expect(readFileSync(await download.path(), 'utf8')).toBe('dropped');
    expect(page.url()).toBe(`${world.siteUrl}/`);
  });

  it('renames, moves and tags a document, and filters by what it was given', async () => {
    await choose(file('draft.txt'), file('else.txt'));
    await row('draft.txt').getByRole('button', { name: 'Details' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('final.txt');
    await dialog.getByLabel('Folder').fill('reports/2026');
    await dialog.getByLabel('Tags').fill('team, done');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await row('final.txt').getByRole('button', { name: 'done' }).click();
    await row('else.txt').waitFor({ state: 'detached' });
    expect(page.url()).toBe(`${world.siteUrl}/?tag=done`);
    await page.reload();
    await row('final.txt').waitFor();
    await page.getByLabel('Folder').fill('nowhere');
    await page.getByText('No document matches.').waitFor();
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    await row('else.txt').waitFor();
  });

  it('shows a lost update of a document and keeps both changes', async () => {
    const id = await makeDocument(other, 'both.txt');
    await page.reload();
    await row('both.txt').getByRole('button', { name: 'Details' }).click();
    const form = page.getByRole('dialog').first();
    await form.getByLabel('Tags').fill('mine');
    const { headers } = await other.get(`/v1/documents/${id}`);
    await other.patch(`/v1/documents/${id}`, { name: 'theirs.txt' }, { 'if-match': headers.get('etag') ?? '' });
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved, together with what was changed meanwhile.').waitFor();
    expect((await other.get(`/v1/documents/${id}`)).body).toMatchObject({ name: 'theirs.txt', tags: ['mine'] });
  });

  it('moves to the trash, takes it back, and deletes for good', async () => {
    await choose(file('waste.txt'));
    await row('waste.txt').getByRole('button', { name: 'Trash' }).click();
    await row('waste.txt').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await row('waste.txt').getByRole('button', { name: 'Trash' }).click();
    await page.getByLabel('Show').selectOption('Trash');
    page.once('dialog', (dialog) => void dialog.accept());
    await page.getByRole('button', { name: 'Delete for good: waste.txt' }).click();
    await page.getByText('is gone for good').waitFor();
    await page.getByText('The trash is empty').waitFor();
  });

  it('publishes a new version, and the old one can still be had', async () => {
    await choose(file('notes.txt', 'first'));
    await row('notes.txt').getByRole('button', { name: 'Details' }).click();
    await page.getByLabel('Upload a new version').setInputFiles([file('notes.txt', 'second')]);
    const versions = page.getByRole('button', { name: /Download version/ });
    await versions.nth(1).waitFor();
    const downloading = page.waitForEvent('download');
    await versions.nth(1).click();
    expect(readFileSync(await (await downloading).path(), 'utf8')).toBe('first');
  });

  it('shares by a link with a password and a limit, which a stranger can use just so often', async () => {
    await choose(file('shared.txt', 'for you'));
    await row('shared.txt').getByRole('button', { name: 'Details' }).click();
    await page.getByLabel('Password').fill('open sesame');
    await page.getByLabel('Downloads').fill('1');
    await page.getByRole('button', { name: 'Make a link' }).click();
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByText('The link is copied.').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());

    const strangers = await browser.newContext();
    const stranger = await strangers.newPage();
    await stranger.goto(link);
    await stranger.getByRole('button', { name: 'Download' }).click();
    await stranger.getByLabel('Password').fill('guess');
    await stranger.getByRole('button', { name: 'Download' }).click();
    await stranger.getByText('That is not the password').waitFor();
    await stranger.getByLabel('Password').fill('open sesame');
    const downloading = stranger.waitForEvent('download');
    await stranger.getByRole('button', { name: 'Download' }).click();
    expect(readFileSync(await (await downloading).path(), 'utf8')).toBe('for you');
    await stranger.reload();
    await stranger.getByRole('button', { name: 'Download' }).click();
    await stranger.getByText('This link does not work any more').waitFor();
    await strangers.close();
  });

  it('scrolls through more documents than one page has', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, index) => makeDocument(other, `many ${index}.txt`, { folder: 'many' })));
    await page.goto(`${world.siteUrl}/?folder=many`);
    const names = page.locator('.document-name');
    await names.nth(29).waitFor();
    await names.nth(29).scrollIntoViewIfNeeded();
    await names.nth(39).waitFor();
    expect(await names.count()).toBe(40);
    expect(new Set(await names.allTextContents()).size).toBe(40);
  });

  it('shows a lost update of the profile: what you typed, what was stored, and nothing is lost', async () => {
    await page.getByRole('link', { name: 'Profile' }).click();
    await page.getByLabel('Display name').fill('Grace');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await page.getByLabel('Display name').fill('Grace Hopper');
    await page.getByLabel('About you').fill('Compilers.');
    const { headers } = await other.get('/v1/profiles/me');
    await other.patch('/v1/profiles/me', { displayName: 'Admiral Hopper', timeZone: 'America/New_York' }, { 'if-match': headers.get('etag') ?? '' });
    // What is typed outlives the page.
    await page.reload();
    expect(await page.getByLabel('Display name').inputValue()).toBe('Grace Hopper');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').getByText('Admiral Hopper').waitFor();
    await page.getByRole('dialog').getByText('Grace Hopper').click();
    await page.getByRole('button', { name: 'Save these' }).click();
    await page.getByText('Saved').first().waitFor();
    expect((await other.get('/v1/profiles/me')).body).toMatchObject({ displayName: 'Grace Hopper', bio: 'Compilers.', timeZone: 'America/New_York' });
  });

  it('shows the active sign-ins, ends one of them, and signs out everywhere', async () => {
    const [one, two] = await Promise.all([browser.newContext(), browser.newContext()]);
    const here = await one.newPage();
    const there = await two.newPage();
    for (const each of [here, there]) await enterAs(each, world, 'Linus');
    await there.getByRole('link', { name: 'Profile' }).click();
    await there.getByLabel('Display name').fill('Linus');
    await here.getByRole('link', { name: 'Account' }).click();
    await here.getByText('this one').waitFor();
    await here.getByRole('button', { name: /^End the sign-in on Chrome on Linux/ }).click();
    await here.getByText('Signed out on Chrome on Linux.').waitFor();
    // The other one says so, and keeps what was typed there.
    await there.getByRole('button', { name: 'Save' }).click();
    await there.getByRole('dialog', { name: 'Your sign-in has ended' }).waitFor();
    expect(await there.getByLabel('Display name').inputValue()).toBe('Linus');
    await here.getByRole('button', { name: 'Sign out everywhere' }).click();
    await here.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    await Promise.all([one.close(), two.close()]);
  });

  it('exports all that is kept, and erases it only when told twice', async () => {
    const own = await browser.newContext();
    own.setDefaultTimeout(PATIENCE);
    const mine = await own.newPage();
    await enterAs(mine, world, 'Ada');
    await mine.getByLabel('Choose files to upload').setInputFiles([file('exported.txt')]);
    await mine.getByText('Finished ·').waitFor();
    await mine.getByRole('link', { name: 'Account' }).click();
    const saving = mine.waitForEvent('download');
    await mine.getByRole('button', { name: 'Export everything' }).click();
    const saved = JSON.parse(readFileSync(await (await saving).path(), 'utf8')) as { documents: { name: string }[] };
    expect(saved.documents).toEqual([expect.objectContaining({ name: 'exported.txt' })]);
    await mine.getByRole('button', { name: 'Erase my account…' }).click();
    const erase = mine.getByRole('button', { name: 'Erase everything' });
    expect(await erase.isDisabled()).toBe(true);
    await mine.getByLabel(/Type ada@example.com/).fill('ada@example.com');
    await erase.click();
    await mine.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    await own.close();
  });

  it('says where a form is not right', async () => {
    await page.getByRole('link', { name: 'Profile' }).click();
    await page.getByLabel('Display name').fill('Grace');
    await page.getByLabel('Time zone').fill('Mars/Olympus');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('must be an IANA time zone').first().waitFor();
    expect(await page.getByLabel('Time zone').getAttribute('aria-invalid')).toBe('true');
    await page.getByRole('button', { name: 'Discard changes' }).click();
  });

  it('says that a file is too large, and what the limit is', async () => {
    const path = join(folder, 'huge.bin');
    writeFileSync(path, '');
    truncateSync(path, LIMIT + 1);
    await page.getByLabel('Choose files to upload').setInputFiles(path);
    await page.getByRole('alert').filter({ hasText: `at most ${LIMIT} bytes` }).waitFor();
  });

  it('counts down when it asked too often, and then goes on', async () => {
    const problem = { type: '/problems/rate-limited', title: 'Too Many Requests', status: 429, detail: 'Too many requests.', instance: '/v1/documents' };
    const headers = { 'content-type': 'application/problem+json', 'retry-after': '25', 'access-control-allow-origin': world.siteUrl, 'access-control-expose-headers': 'Retry-After' };
    await page.route(/\/v1\/documents\?/, (route) => route.fulfill({ status: 429, headers, body: JSON.stringify(problem) }));
    await page.reload();
    await page.getByRole('button', { name: /^Try again in \d+ s$/ }).waitFor();
    await page.getByText(/going on by itself in \d+ s/).waitFor();
  });

  it('asks again by itself while the service has a problem', async () => {
    await makeDocument(other, 'patient.txt');
    let refused = 0;
    await page.route(/\/v1\/documents\?/, (route) => (refused++ < 2 ? route.fulfill({ status: 503, headers: { 'access-control-allow-origin': world.siteUrl } }) : route.continue()));
    await page.reload();
    await page.getByRole('list').filter({ has: page.locator('.document-name') }).waitFor();
    expect(refused).toBeGreaterThanOrEqual(2);
  });

  it('can be used by the keyboard alone', async () => {
    const name = 'keyboard.txt';
    await makeDocument(other, name);
    await page.reload();
    await row(name).waitFor();
    const press = (key: string) => page.keyboard.press(key);
    const focused = () =>
      page.evaluate(() => {
        const control = document.activeElement?.closest('a, button, input, select, textarea, summary');
        return control?.getAttribute('aria-label') ?? control?.textContent ?? '';
      });
    const tabTo = async (label: string) => {
      for (let count = 0; count < 40; count += 1) {
        await press('Tab');
        if ((await focused()).includes(label)) return;
      }
      throw new Error(`Tab does not reach ${label}`);
    };
    await tabTo('Skip to the content');
    await press('Enter');
    // Asked for early: the browser is told to hand over its file dialog before the key that opens it.
    const choosing = page.waitForEvent('filechooser');
    await tabTo('Choose files to upload');
    await press('Enter');
    await (await choosing).setFiles([file(`typed ${name}`)]);
    await row(`typed ${name}`).waitFor();
    await tabTo(`Details: ${name}`);
    await press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').waitFor();
    await press('Tab');
    await press('ControlOrMeta+A');
    await page.keyboard.type(`renamed ${name}`);
    await press('Enter');
    await page.getByText('Saved.').waitFor();
    await press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.waitForFunction((label) => document.activeElement?.getAttribute('aria-label') === label, `Details: renamed ${name}`);
  });
});
