import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { enterAs, makeDocument, otherWindow } from './support/app-page.js';
import { launchBrowser, PATIENCE } from './support/chromium.js';
import { startWorld, type World } from './support/world.js';

interface Axe {
  run(context: Document, options: object): Promise<{ violations: { id: string; impact: string; help: string; nodes: { html: string; failureSummary: string }[] }[] }>;
}
declare const window: Window & { axe: Axe };

const FOLDER = 'artifacts/browser/screenshots';
const axe = readFileSync(createRequire(`${process.cwd()}/package.json`).resolve('axe-core/axe.min.js'), 'utf8');

const VIEWS = (['light', 'dark'] as const).flatMap((scheme) => [1_280, 360].map((width) => ({ scheme, width })));

/** What Deque's rules find serious or critical. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return grave.flatMap(({ id, help, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html} ${failureSummary}`));
}

describe('every page', () => {
  let world: World;
  let browser: Browser;

  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true });
    [world, browser] = await Promise.all([startWorld({ folder: 'artifacts/browser/app', fallback: 'index.html' }), launchBrowser()]);
    const client = otherWindow(world, 'Ada');
    await client.put('/v1/profiles/me', { displayName: 'Ada Lovelace', givenName: 'Ada', familyName: 'Lovelace', timeZone: 'Europe/London' });
    for (const week of [1, 2, 3]) await makeDocument(client, `Minutes of week ${week}.txt`, { folder: 'minutes/2026', tags: ['team', week === 3 ? 'draft' : 'final'] });
    await makeDocument(client, 'A long name that somebody gave to a scanned invoice of November 2026 without a thought for narrow screens.txt');
    const id = await makeDocument(client, 'Plan.txt', { tags: ['plan'] });
    await client.post(`/v1/documents/${id}/shares`, { expiresIn: 3_600, password: 'secret', maxDownloads: 3 });
    await client.post('/v1/documents', { name: 'Unfinished.bin', contentType: 'application/octet-stream', size: 300_000_000 });
  });
  afterAll(async () => {
    await browser?.close();
    await world?.stop();
  });

  const STEPS: [string, (page: Page) => Promise<void>][] = [
    ['documents', async (page) => {
      await page.getByLabel('Choose files to upload').setInputFiles([{ name: 'Notes.txt', mimeType: 'text/plain', buffer: Buffer.from('notes') }]);
      await page.getByText('Finished ·').waitFor();
      await page.getByText('Plan.txt').waitFor();
    }],
    ['document', async (page) => {
      await page.getByRole('button', { name: 'Details: Plan.txt' }).click();
      await page.getByRole('button', { name: 'Make a link' }).click();
      await page.getByRole('textbox', { name: 'The link' }).waitFor();
    }],
    ['lost-update', async (page) => {
      await page.getByRole('button', { name: 'Close' }).click();
      await page.getByRole('link', { name: 'Profile' }).click();
      await page.getByLabel('Display name').fill('Ada, Countess of Lovelace');
      const client = otherWindow(world, 'Ada');
      const { headers } = await client.get('/v1/profiles/me');
      await client.patch('/v1/profiles/me', { displayName: `A. A. Lovelace ${Date.now()}` }, { 'if-match': headers.get('etag') ?? '' });
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Stored meanwhile').waitFor();
    }],
    ['profile', async (page) => {
      await page.getByRole('button', { name: 'Back to the form' }).click();
      await page.getByRole('button', { name: 'Discard changes' }).click();
    }],
    ['account', async (page) => {
      await page.getByRole('link', { name: 'Account' }).click();
      await page.getByText('uploads may be under way').waitFor();
    }],
    ['tasks', async (page) => {
      await page.getByRole('link', { name: 'Tasks' }).click();
      await page.getByRole('button', { name: 'Ask 30 times' }).click();
      await page.getByRole('button', { name: 'Ask 30 times' }).waitFor();
    }],
  ];

  it.each(VIEWS)('is accessible in the $scheme theme at $width pixels, scrolls in one direction only, and has its picture taken', async ({ scheme, width }) => {
    const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 800 }, reducedMotion: 'reduce' });
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    const inspect = async (name: string) => {
      const isModal = (await page.getByRole('dialog').count()) > 0;
      await page.screenshot({ path: `${FOLDER}/${name}-${scheme}-${width}.png`, fullPage: !isModal });
      expect({ name, findings: await findings(page) }).toEqual({ name, findings: [] });
      expect({ name, overflow: await page.evaluate(() => document.documentElement.scrollWidth - innerWidth) }).toEqual({ name, overflow: 0 });
    };
    await page.goto(`${world.siteUrl}/shared/${'x'.repeat(43)}`);
    await page.getByRole('button', { name: 'Download' }).waitFor();
    await inspect('shared');
    await page.goto(world.siteUrl);
    await page.getByRole('button', { name: 'Ada' }).waitFor();
    await inspect('sign-in');
    await enterAs(page, world, 'Ada');
    for (const [name, step] of STEPS) {
      await step(page);
      await inspect(name);
    }
    expect(errors).toEqual([]);
    await context.close();
  });
});
