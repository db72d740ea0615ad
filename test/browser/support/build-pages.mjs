import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Bundles the app and the pages of the tests once, as they would be published. */
export default async function buildPages() {
  await bundle('test/browser/pages');
  await bundle('examples/spa', '--outDir', '../../artifacts/browser/app', '--emptyOutDir');
}

async function bundle(root, ...options) {
  const args = ['node_modules/vite/bin/vite.js', 'build', root, '--logLevel', 'warn', ...options];
  // Jest says "test", which would bundle React for development.
  const vite = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, NODE_ENV: 'production' } });
  const [code] = await once(vite, 'exit');
  if (code !== 0) throw new Error(`${root} could not be bundled`);
}
