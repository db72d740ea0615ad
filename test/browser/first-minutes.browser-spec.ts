import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './support/chromium.js';

interface DevJson {
  apiUrl: string;
  spaUrl: string;
  users: { accessToken: string }[];
}

const START_MS = 90_000;

describe('a fresh clone', () => {
  const clone = mkdtempSync(join(tmpdir(), 'clone-'));
  let dev: ChildProcess;
  let browser: Browser;
  let printed = '';

  beforeAll(async () => {
    execFileSync('git', ['clone', '--quiet', '--no-hardlinks', process.cwd(), clone]);
    // What `npm ci` would install.
    symlinkSync(join(process.cwd(), 'node_modules'), join(clone, 'node_modules'));
    if (existsSync('examples/spa/node_modules')) symlinkSync(join(process.cwd(), 'examples/spa/node_modules'), join(clone, 'examples/spa/node_modules'));
    dev = spawn(process.execPath, ['node_modules/tsx/dist/cli.mjs', 'local/dev.ts'], { cwd: clone, stdio: ['ignore', 'pipe', 'inherit'] });
    dev.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const deadline = Date.now() + START_MS;
    while (!printed.includes('Ctrl-C stops everything')) {
      if (Date.now() > deadline || dev.exitCode !== null) throw new Error(`npm run dev did not come up:\n${printed}`);
      await delay(100);
    }
    browser = await launchBrowser();
  }, START_MS + 20_000);
  afterAll(async () => {
    await browser?.close();
    if (dev?.exitCode === null) {
      dev.kill('SIGTERM');
      await once(dev, 'exit');
    }
    rmSync(clone, { recursive: true, force: true });
  }, 30_000);

  it('leads in three clicks to a signed-in user who has uploaded a file: the printed address, a demo user, a file', async () => {
    const { apiUrl, spaUrl, users } = JSON.parse(readFileSync(join(clone, '.local/dev.json'), 'utf8')) as DevJson;
    expect(printed).toContain(spaUrl);
    const page = await browser.newPage();
    // The first click is on the address in the terminal.
    await page.goto(spaUrl);
    await page.getByRole('button', { name: 'Ada' }).click();
    // Asked for early: the browser is told to hand over its file dialog before the click that opens it.
    const choosing = page.waitForEvent('filechooser');
    await page.getByLabel('Choose files to upload').hover();
    await page.getByLabel('Choose files to upload').click();
    await (await choosing).setFiles(join(clone, 'README.md'));
    await page.getByText('Finished ·').waitFor();
    const list = await fetch(`${apiUrl}/v1/documents`, { headers: { authorization: `Bearer ${users[0]?.accessToken}` } });
    const { items } = (await list.json()) as { items: { name: string; status: string }[] };
    expect(items).toEqual([expect.objectContaining({ name: 'README.md', status: 'ready' })]);
  });
});
