import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from './command.js';
import type { Engine } from './engine.js';

/** The two images that the Dockerfile starts from. */
export const NODE_IMAGE = 'docker.io/library/node:24-bookworm-slim';
export const RUNTIME_IMAGE = 'docker.io/library/debian:bookworm-slim';

// What Debian's slim image leaves out of a minimal system.
const LEFT_OUT = ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/share/info', 'var/lib/apt/lists', 'var/cache/apt', 'var/log'];

/**
 * Stand-ins for the base images under their real names, for a machine that reaches no image registry: Debian by debootstrap,
 * Node 24 from npm's own package of it, npm from this machine. Kept for the next run.
 */
export async function standInBases(engine: Engine): Promise<void> {
  if (!(await engine.has(RUNTIME_IMAGE))) await debian(engine);
  if (!(await engine.has(NODE_IMAGE))) await node(engine);
}

async function debian(engine: Engine): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'debian-'));
  await command('debootstrap', '--variant=minbase', 'bookworm', root, 'http://deb.debian.org/debian');
  await Promise.all(LEFT_OUT.map((path) => rm(join(root, path), { recursive: true, force: true })));
  await engine.fromDirectory(RUNTIME_IMAGE, 'scratch', root, '/');
  await rm(root, { recursive: true, force: true });
}

async function node(engine: Engine): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'node-'));
  await command('npm', 'install', '--prefix', folder, '--no-save', '--ignore-scripts', `node-linux-${process.arch}@24`);
  const local = join(folder, 'local');
  await command('mkdir', '-p', join(local, 'bin'), join(local, 'lib/node_modules'));
  await command('cp', join(folder, `node_modules/node-linux-${process.arch}/bin/node`), join(local, 'bin/node'));
  await command('cp', '-rL', join(await command('npm', 'root', '-g'), 'npm'), join(local, 'lib/node_modules/npm'));
  await command('ln', '-s', '../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin/npm'));
  await command('ln', '-s', '../lib/node_modules/npm/bin/npx-cli.js', join(local, 'bin/npx'));
  // Only the stages that install packages come from this image: the certificates' address ends with them.
  const certificates = process.env.NODE_EXTRA_CA_CERTS;
  await engine.fromDirectory(NODE_IMAGE, RUNTIME_IMAGE, local, '/usr/local', certificates ? [`NODE_EXTRA_CA_CERTS=${certificates}`] : []);
  await rm(folder, { recursive: true, force: true });
}
