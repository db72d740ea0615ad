import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { startApi } from './api.js';
import { startCloud } from './cloud.js';
import { freePort } from './processes.js';

interface Document {
  id: string;
  name: string;
  size: number;
  status: string;
}

const say = (text: string): void => console.log(`  ${text}`);

function check(condition: boolean, what: string): void {
  if (!condition) throw new Error(`It did not work: ${what}`);
  say(`✓ ${what}`);
}

/** Calls the API and expects a success. */
const caller = (url: string, token: string) => async <T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> => {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
};

/** The README and two megabytes after it. */
async function aFile(): Promise<{ name: string; contentType: string; bytes: Buffer }> {
  const readme = await readFile('README.md');
  const padding = randomBytes(2 * 1_024 * 1_024).toString('base64');
  return { name: 'README.md', contentType: 'text/markdown', bytes: Buffer.concat([readme, Buffer.from(`\n<!-- ${padding} -->\n`)]) };
}

async function run(url: string, token: string): Promise<void> {
  const call = caller(url, token);
  await call('PUT', '/v1/profiles/me', { displayName: 'Ada Lovelace', timeZone: 'Europe/London' });
  const profile = await call<{ displayName: string }>('GET', '/v1/profiles/me');
  check(profile.displayName === 'Ada Lovelace', 'a profile was created and read back');

  const { name, contentType, bytes } = await aFile();
  const checksumSha256 = createHash('sha256').update(bytes).digest('base64');
  type Created = { document: Document; upload: { method: string; url: string; headers: Record<string, string> } };
  const { document, upload } = await call<Created>('POST', '/v1/documents', { name, contentType, size: bytes.length, checksumSha256, tags: ['demo'] });
  check(document.status === 'pending', `a document was announced: ${name}, ${bytes.length} bytes`);

  const stored = await fetch(upload.url, { method: upload.method, headers: upload.headers, body: new Uint8Array(bytes) });
  check(stored.ok, 'its bytes went to S3 directly, through the presigned URL');
  const again = await fetch(upload.url, { method: upload.method, headers: upload.headers, body: new Uint8Array(bytes) });
  check(again.status === 412, 'a second write to the same URL was refused by S3');

  const published = await call<Document>('POST', `/v1/documents/${document.id}/upload/complete`);
  check(published.status === 'ready', 'the upload was verified and published');
  const list = await call<{ items: Document[] }>('GET', '/v1/documents?tag=demo');
  check(list.items.some(({ id }) => id === document.id), 'the document is in the list of its tag');

  const download = await call<{ url: string }>('GET', `/v1/documents/${document.id}/download`);
  const received = Buffer.from(await (await fetch(download.url)).arrayBuffer());
  check(received.equals(bytes), `the download equals the upload, byte for byte (SHA-256 ${checksumSha256})`);
  await call('DELETE', `/v1/documents/${document.id}`);
  const left = await call<{ items: Document[] }>('GET', '/v1/documents?tag=demo');
  check(left.items.every(({ id }) => id !== document.id), 'the document went to the trash');
}

console.log('The main job, from sign-in to download:');
const cloud = await startCloud();
try {
  say('the embedded cloud runs');
  const api = await startApi([process.execPath, 'dist/main.js'], { ...cloud.env, LOG_LEVEL: 'warn', SHUTDOWN_DRAIN_SECONDS: '0' }, await freePort());
  try {
    await run(api.url, cloud.users[0]?.accessToken ?? '');
  } finally {
    await api.stop();
  }
  console.log('All of it worked.');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await cloud.stop();
}
process.exit();
