import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** Enough for the application to be put together; nothing of it is ever called. */
const PLACEHOLDERS = {
  NODE_ENV: 'test',
  LOG_LEVEL: 'silent',
  AWS_REGION: 'us-east-1',
  COGNITO_ISSUER: 'http://127.0.0.1/nobody',
  COGNITO_CLIENT_ID: 'nobody',
  PROFILES_TABLE: 'nowhere',
  DOCUMENTS_TABLE: 'nowhere',
  SESSIONS_TABLE: 'nowhere',
  IDEMPOTENCY_TABLE: 'nowhere',
  DOCUMENTS_BUCKET: 'nowhere',
  APP_SECRET_ID: 'nothing',
};

interface Source {
  createApp(environment: Record<string, string>): Promise<{ close(): Promise<void> }>;
  describeApi(app: object): object;
}

/** A folder of this process where the repository's packages resolve. */
export async function scratch(): Promise<string> {
  const cache = join(REPOSITORY, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  return mkdtemp(join(cache, 'api-'));
}

/**
 * The API's description as JSON, from `src` of a folder as it is now. Compiled by SWC, which emits the decorator metadata
 * that Nest injects by, into a folder of its own: a stale `dist` cannot lie.
 */
export async function describeSource(root: string): Promise<string> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const folder = await scratch();
  try {
    const swc = join(REPOSITORY, 'node_modules/.bin/swc');
    await promisify(execFile)(swc, ['src', '--out-dir', folder, '--strip-leading-paths', '--config-file', join(REPOSITORY, '.swcrc')], { cwd: root });
    const load = (file: string) => import(pathToFileURL(join(folder, file)).href) as Promise<Source>;
    const [{ createApp }, { describeApi }] = await Promise.all([load('app.js'), load('docs/openapi.js')]);
    const app = await createApp(PLACEHOLDERS);
    const text = `${JSON.stringify(describeApi(app), null, 2)}\n`;
    await app.close();
    return text;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
