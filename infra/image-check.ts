/**
 * Builds the image without a Docker engine and runs it as Fargate would: read-only, as nobody, told to stop by SIGTERM.
 * Needs buildah, podman, runc and debootstrap, and root. Ends with "N passed, N failed".
 */
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { standInBases } from './check/bases.js';
import { Engine } from './check/engine.js';

const IMAGE = 'localhost/stateless-backend:check';
const REPOSITORY = dirname(dirname(fileURLToPath(import.meta.url)));
const AIM_MB = 90;
const DRAIN_SECONDS = 3;

let passed = 0;
let failed = 0;

function check(what: string, holds: boolean, detail = ''): void {
  if (holds) passed += 1;
  else failed += 1;
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}${detail && `: ${detail}`}`);
}

const statusOf = (url: string): Promise<number> => fetch(url, { signal: AbortSignal.timeout(1_000) }).then(({ status }) => status, () => 0);

async function until(holds: () => Promise<boolean>, seconds: number): Promise<number> {
  const started = performance.now();
  while (performance.now() - started < seconds * 1_000) {
    if (await holds()) return performance.now() - started;
    await wait(10);
  }
  return Number.NaN;
}

async function build(engine: Engine): Promise<void> {
  await standInBases(engine);
  const started = performance.now();
  await engine.build(IMAGE, REPOSITORY);
  const megabytes = (await engine.compressedBytes(IMAGE)) / 1e6;
  check('the image builds', true, `${((performance.now() - started) / 1e3).toFixed(0)} s`);
  check(`the image is below ${AIM_MB} MB compressed`, megabytes < AIM_MB, `${megabytes.toFixed(1)} MB on stand-in bases`);
}

async function run(engine: Engine): Promise<void> {
  // Loaded when it is needed: a machine that cannot build images must still be told so.
  const { startCloud } = await import('../local/cloud.js');
  const { freePort } = await import('../local/processes.js');
  const cloud = await startCloud();
  const port = await freePort();
  const env = { ...cloud.env, NODE_ENV: 'development', PORT: String(port), HOST: '127.0.0.1', SHUTDOWN_DRAIN_SECONDS: String(DRAIN_SECONDS) };
  const url = `http://127.0.0.1:${port}`;
  const container = await engine.run(IMAGE, env, '512m');
  try {
    const ready = await until(async () => (await statusOf(`${url}/health/ready`)) === 200, 30);
    check('it answers /health/ready', ready > 0, Number.isNaN(ready) ? await engine.podman('logs', container) : `${ready.toFixed(0)} ms after the container`);
    if (!Number.isNaN(ready)) {
      await looksRight(engine, container);
      await drains(engine, container, url);
    }
  } finally {
    await engine.podman('rm', '--force', '--time', '0', container);
    await cloud.stop();
  }
}

async function looksRight(engine: Engine, container: string): Promise<void> {
  const pid = await engine.podman('inspect', '--format', '{{.State.Pid}}', container);
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const field = (name: string) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1] ?? '';
  check('it runs as uid 1000, and cannot become another', field('Uid').startsWith('1000\t1000'), `uid ${field('Uid').split('\t')[0]}`);
  check('it holds no capability', /^0+$/.test(field('CapEff')), field('CapEff'));
  const version = await engine.podman('exec', container, 'node', '--version');
  check('it runs on Node 24', version.startsWith('v24.'), version);
  const attempt = `try { require('node:fs').writeFileSync('/app/x', ''); console.log('written') } catch ({ code }) { console.log(code) }`;
  const outcome = await engine.podman('exec', container, 'node', '--eval', attempt);
  check('its root filesystem is read-only', outcome === 'EROFS', outcome);
  const config = await engine.podman('image', 'inspect', '--format', '{{.Config.User}} {{.Config.Labels}}', IMAGE);
  check('the image itself names user and labels', config.startsWith('1000:1000 ') && config.includes('org.opencontainers.image.title'));
}

async function drains(engine: Engine, container: string, url: string): Promise<void> {
  const ended = engine.podman('wait', container);
  await engine.podman('kill', '--signal', 'TERM', container);
  const unready = await until(async () => (await statusOf(`${url}/health/ready`)) === 503, 2);
  check('SIGTERM makes it unready', unready >= 0, `${unready.toFixed(0)} ms`);
  check('it keeps serving while it drains', (await statusOf(`${url}/health/live`)) === 200);
  const started = performance.now();
  const code = await ended;
  check('it leaves by itself with 0', code === '0', `exit ${code}, ${((performance.now() - started) / 1e3).toFixed(1)} s later`);
}

const lacking = await Engine.lacks();
if (lacking.length > 0) {
  console.log(`skipped: the image cannot be built here without ${lacking.join(', ')}`);
} else {
  const engine = new Engine(join(tmpdir(), 'stateless-image-check'));
  await build(engine).then(() => run(engine)).catch((error: unknown) => check('the check came to its end', false, String(error)));
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
