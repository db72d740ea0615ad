import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { newActorOf, type Actor } from './support/actors.js';
import { launchBrowser, PATIENCE } from './support/chromium.js';
import { startWorld, type World } from './support/world.js';
import type { UppyPage } from './pages/uppy.js';

declare const window: Window & { page: UppyPage };

const MIB = 2 ** 20;
const PARTS = 13;

/** SHA-256 of what the page makes up for so many MiB. */
function checksumOf(mib: number): string {
  const hash = createHash('sha256');
  const block = Buffer.alloc(MIB);
  for (let index = 0; index < mib; index += 1) {
    block.fill(index % 251);
    block.writeUInt32BE(index);
    hash.update(block);
  }
  return hash.digest('base64');
}

async function downloaded({ client }: Actor, id: string): Promise<string> {
  const { body } = await client.get(`/v1/documents/${id}/download`);
  const response = await fetch(body.url);
  const hash = createHash('sha256');
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) hash.update(chunk);
  return hash.digest('base64');
}

describe('Uppy 6 with its S3 plugin, as published', () => {
  let world: World;
  let browser: Browser;
  let actor: Actor;
  let page: Page;

  beforeAll(async () => {
    [world, browser] = await Promise.all([startWorld({ folder: 'artifacts/browser/pages', fallback: 'uppy.html' }), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.stop();
  });

  beforeEach(async () => {
    actor = newActorOf(world);
    page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE);
    await open();
  });
  afterEach(() => page.context().close());

  async function open(): Promise<void> {
    await page.goto(world.siteUrl);
    await page.evaluate((access) => window.page.open(access), { apiUrl: world.apiUrl, token: actor.token });
  }

  const partsSent = () => page.evaluate(() => window.page.parts);
  const documents = async () => (await actor.client.get('/v1/documents')).body.items as { id: string; status: string; size: number }[];

  it('puts 1 MiB with one request', async () => {
    const result = await page.evaluate(async () => {
      window.page.add('one.bin', 1);
      const uploaded = await window.page.uppy?.upload();
      return { failed: uploaded?.failed?.map(({ error }) => error), status: uploaded?.successful?.[0]?.meta['status'] };
    });
    expect(result).toEqual({ failed: [], status: 'ready' });
    const [document] = await documents();
    expect(document).toMatchObject({ status: 'ready', size: MIB });
    expect(await downloaded(actor, document?.id ?? '')).toBe(checksumOf(1));
  });

  it('sends 200 MiB in parts, with a pause and a reload between them', async () => {
    await page.evaluate(() => {
      const id = window.page.add('big.bin', 200) ?? '';
      window.page.uppy?.on('s3-multipart:part-uploaded', (_file, { PartNumber }) => {
        if (PartNumber === 3 || PartNumber === 6) window.page.uppy?.pauseResume(id);
      });
      void window.page.uppy?.upload();
    });
    await page.waitForFunction(() => window.page.parts.length === 3);
    expect((await documents())[0]).toMatchObject({ status: 'pending' });
    await page.evaluate(() => window.page.uppy?.resumeAll());
    await page.waitForFunction(() => window.page.parts.length === 6);
    // The plugin that remembers uploads writes half a second later.
    await page.waitForTimeout(1_000);

    await open();
    await page.waitForFunction(() => window.page.uppy?.getFiles().length === 1);
    const ghost = await page.evaluate(() => window.page.uppy?.getFiles()[0]);
    expect(ghost).toMatchObject({ isGhost: true, name: 'big.bin' });
    const result = await page.evaluate(async () => {
      window.page.add('big.bin', 200);
      const done = new Promise((resolve) => window.page.uppy?.once('complete', resolve));
      window.page.uppy?.emit('restore-confirmed');
      await done;
      const [file] = window.page.uppy?.getFiles() ?? [];
      return { hasFailed: Boolean(file?.error), status: file?.meta['status'] };
    });
    expect(result).toEqual({ hasFailed: false, status: 'ready' });
    expect(await partsSent()).toEqual(Array.from({ length: PARTS - 6 }, (_, index) => index + 7));
    const list = await documents();
    expect(list).toEqual([expect.objectContaining({ status: 'ready', size: 200 * MIB })]);
    expect(await downloaded(actor, list[0]?.id ?? '')).toBe(checksumOf(200));
  });

  it('takes its parts back when the upload is cancelled', async () => {
    await page.evaluate(() => {
      const id = window.page.add('big.bin', 80) ?? '';
      window.page.uppy?.on('s3-multipart:part-uploaded', () => window.page.uppy?.pauseResume(id));
      void window.page.uppy?.upload();
    });
    await page.waitForFunction(() => window.page.parts.length === 1);
    const [document] = await documents();
    const aborted = page.waitForResponse((response) => response.request().method() === 'DELETE' && response.url().includes('uploadId='));
    await page.evaluate(() => window.page.uppy?.cancelAll());
    expect((await aborted).status()).toBe(204);
    const parts = await actor.client.get(`/v1/documents/${document?.id}/upload/parts`);
    expect(parts.body).toEqual({ parts: [] });
  });
});
