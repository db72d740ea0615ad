import { mkdir, rename, writeFile } from 'node:fs/promises';
import type { Cloud } from './cloud.js';
import type { Environment } from './names.js';

export const LOCAL_DIR = '.local';

async function writeWhole(file: string, content: string): Promise<void> {
  await mkdir(LOCAL_DIR, { recursive: true });
  await writeFile(`${file}.new`, content, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** `.local/cloud.env`, for `node --env-file`. */
export const writeCloudEnv = (environment: Environment): Promise<void> =>
  writeWhole(`${LOCAL_DIR}/cloud.env`, `${Object.entries(environment).map(([name, value]) => `${name}=${value}`).join('\n')}\n`);

/** `.local/dev.json`, for programs that want to sign in and call the API. */
export const writeDevJson = ({ env, users }: Cloud, urls: { apiUrl?: string; docsUrl?: string; spaUrl?: string; controlUrl?: string } = {}): Promise<void> =>
  writeWhole(`${LOCAL_DIR}/dev.json`, `${JSON.stringify({ ...urls, issuer: env['COGNITO_ISSUER'], clientId: env['COGNITO_CLIENT_ID'], users }, null, 2)}\n`);
