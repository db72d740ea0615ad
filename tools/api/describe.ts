import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

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

/**
 * The API's description as JSON, from `src` as it is now. Compiled by swc, which emits the decorator metadata that Nest
 * injects by, into a folder of its own: a stale `dist` cannot lie.
 */
export async function describeSource(root: string): Promise<string> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const cache = join(root, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'api-'));
  try {
    await promisify(execFile)(join(root, 'node_modules/.bin/swc'), ['src', '--out-dir', folder, '--strip-leading-paths', '--config-file', '.swcrc'], { cwd: root });
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
