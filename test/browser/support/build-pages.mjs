import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Bundles the app and the pages of the tests once, as they would be published. */
export default async function buildPages() {
  await bundle('test/browser/pages');
  await bundle('examples/spa', '--outDir', '../../artifacts/browser/app', '--emptyOutDir');
}

async function bundle(root, ...options) {
  const vite = spawn(process.execPath, ['node_modules/vite/bin/vite.js', 'build', root, '--logLevel', 'warn', ...options], { stdio: 'inherit' });
  const [code] = await once(vite, 'exit');
  if (code !== 0) throw new Error(`${root} could not be bundled`);
}
