import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { startApi } from '../../local/api.js';
import { startCloud } from '../../local/cloud.js';
import { freePort } from '../../local/processes.js';

// The package as users get it: its size, an install of the tarball into an empty Vite project, and its README's example.

const LIMIT_BYTES = 10 * 1_024;
const run = promisify(execFile);

const sizeOf = async (entry: string): Promise<number> => {
  const external = ['react', '@tanstack/react-query'];
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, minify: true, format: 'esm', write: false, external });
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length;
};

async function checkSizes(): Promise<void> {
  const core = await sizeOf('client/dist/index.js');
  console.log(`  core ${core} bytes gzipped, of ${LIMIT_BYTES}; uppy ${await sizeOf('client/dist/uppy.js')}, query ${await sizeOf('client/dist/query.js')}`);
  if (core >= LIMIT_BYTES) throw new Error(`The core is ${core} bytes gzipped: no more than ${LIMIT_BYTES} are allowed.`);
}

/** What `npm create vite` gives for TypeScript, as far as it matters. */
const PROJECT: Record<string, string> = {
  'package.json': JSON.stringify({ name: 'empty', private: true, type: 'module' }),
  'tsconfig.json': JSON.stringify({
    compilerOptions: { target: 'ES2023', module: 'ESNext', lib: ['ES2023', 'DOM'], moduleResolution: 'bundler', strict: true, noEmit: true, types: [], verbatimModuleSyntax: true, erasableSyntaxOnly: true },
    include: ['src'],
  }),
  'index.html': '<!doctype html><script type="module" src="/src/main.ts"></script>',
  'src/main.ts': `import { createClient, Problem, type Document, type ProblemKind } from '@stateless-backend/client';
import { s3Options } from '@stateless-backend/client/uppy';
const client = createClient({ baseUrl: '', token: async () => undefined });
export const names = async (): Promise<string[]> => {
  const found: Document[] = [];
  for await (const document of client.documents.all({ status: 'ready' })) found.push(document);
  return found.map(({ name }) => name);
};
export const kindOf = (error: unknown): ProblemKind | undefined => (Problem.is(error) ? error.kind : undefined);
export const options = s3Options(client);
// @ts-expect-error a document has no such status
export const wrong = () => client.documents.list({ status: 'lost' });
void names();
`,
};

async function installInto(folder: string): Promise<void> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: 'client' });
  const packed = JSON.parse(stdout) as { filename: string }[] | Record<string, { filename: string }>;
  const [{ filename } = { filename: '' }] = Object.values(packed);
  for (const [name, content] of Object.entries(PROJECT)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const { devDependencies } = JSON.parse(await readFile('package.json', 'utf8')) as { devDependencies: Record<string, string> };
  const tools = [`vite@${devDependencies['vite']}`, `typescript@${devDependencies['typescript']}`];
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', join(folder, filename), ...tools], { cwd: folder });
  await run(join(folder, 'node_modules/.bin/tsc'), [], { cwd: folder });
  await run(join(folder, 'node_modules/.bin/vite'), ['build', '--logLevel', 'error'], { cwd: folder });
  console.log(`  ${filename} installs into an empty Vite project, type-checks and builds`);
}

/** The first example of the README, as it is written there, against the service on the embedded cloud. */
async function runExample(folder: string): Promise<void> {
  const example = /```js\n([\s\S]*?)```/.exec(await readFile('client/README.md', 'utf8'))?.[1];
  if (!example) throw new Error('The README has no example.');
  const cloud = await startCloud();
  try {
    const api = await startApi([process.execPath, 'dist/main.js'], { ...cloud.env, LOG_LEVEL: 'warn', SHUTDOWN_DRAIN_SECONDS: '0' }, await freePort());
    try {
      await mkdir(join(folder, '.local'));
      await writeFile(join(folder, '.local/dev.json'), JSON.stringify({ apiUrl: api.url, users: cloud.users }));
      await writeFile(join(folder, 'example.mjs'), example);
      const { stdout } = await run(process.execPath, ['example.mjs'], { cwd: folder });
      for (const expected of ['greeting.txt ready', 'Hello from the client.', 'There is no such document.']) {
        if (!stdout.includes(expected)) throw new Error(`The README's example did not print "${expected}", but:\n${stdout}`);
      }
      console.log("  the README's example runs as it is written");
    } finally {
      await api.stop();
    }
  } finally {
    await cloud.stop();
  }
}

const folder = await mkdtemp(join(tmpdir(), 'client-'));
try {
  console.log('The client package:');
  await checkSizes();
  await installInto(folder);
  await runExample(folder);
} catch (error) {
  const { message, stdout = '', stderr = '' } = error as Error & { stdout?: string; stderr?: string };
  console.error([message, stdout, stderr].filter(Boolean).join('\n'));
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit();
