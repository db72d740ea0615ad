import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const FLAGS = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** The browser that `CHROMIUM` names, or the one on the PATH. There is no skipping: without one these suites prove nothing. */
function findChromium(): string {
  const named = process.env['CHROMIUM'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = named ? [named] : NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = candidates.find((path) => existsSync(path));
  if (found) return found;
  throw new Error(
    `${named ? `CHROMIUM names ${named}, which does not exist` : 'Chromium is not on the PATH'}. ` +
      'Install it (Debian, Ubuntu: apt-get install chromium), or set CHROMIUM to the path of a Chromium or Chrome.',
  );
}

/** Nothing here is about speed: a busy machine gets its time. Milliseconds. */
export const PATIENCE = 100_000;

/** A browser with a profile of its own that goes with it. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: findChromium(), headless: true, chromiumSandbox: false, args: FLAGS });
