import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { createClient, type UploadOptions } from '../../../client/src/index.js';
import { Client } from '../../support/client.js';
import { mintToken } from '../../support/tokens.js';
import type { World } from './world.js';

export const MIB = 2 ** 20;

/** Opens the app and signs in with one click, as one of the embedded pool's users. */
export async function enterAs(page: Page, { siteUrl }: World, name: 'Ada' | 'Grace' | 'Linus'): Promise<void> {
  await page.goto(siteUrl);
  await page.getByRole('button', { name }).click();
  await page.getByRole('link', { name: 'Documents', exact: true }).waitFor();
}

/** The same user's other window: the API, called directly. */
export function otherWindow({ cloud, apiUrl }: World, name: 'Ada' | 'Grace' | 'Linus'): Client {
  const user = cloud.users.find(({ email }) => email.startsWith(name.toLowerCase()));
  return new Client(apiUrl, mintToken({ sub: user?.userId ?? '' }, cloud.env['COGNITO_ISSUER']));
}

/** A file of so many MiB with a counter at the start of each, so that a lost or doubled part shows. */
export function makeFile(folder: string, name: string, mib: number): { path: string; checksum: string } {
  const path = join(folder, name);
  const hash = createHash('sha256');
  const file = openSync(path, 'w');
  for (let index = 0; index < mib; index += 1) {
    const block = Buffer.alloc(MIB, index % 251);
    block.writeUInt32BE(index);
    hash.update(block);
    writeSync(file, block);
  }
  closeSync(file);
  return { path, checksum: hash.digest('base64') };
}

/** SHA-256 of what the API gives for a document. */
export async function checksumOf(client: Client, id: string): Promise<string> {
  const { body } = await client.get(`/v1/documents/${id}/download`);
  const response = await fetch((body as { url: string }).url);
  const hash = createHash('sha256');
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) hash.update(chunk);
  return hash.digest('base64');
}

/** The same user's other window with the client package, which tries again when the service is busy. */
const patient = (client: Client) => createClient({ baseUrl: client.url, token: () => client.token });

/** A document that is ready, made without the app. */
export async function makeDocument(client: Client, name: string, labels: UploadOptions = {}): Promise<string> {
  const { id } = await patient(client).upload(new Blob(['hello'], { type: 'text/plain' }), { name, ...labels }).done;
  return id;
}

/** Removes a user's documents for good, so that each test and each attempt begins with an empty list. */
export async function forgetDocuments(client: Client): Promise<void> {
  const { documents } = patient(client);
  for (const [status, permanent] of [['ready', 'false'], ['trashed', 'true']] as const) {
    const left: string[] = [];
    for await (const { id } of documents.all({ status, limit: 100 })) left.push(id);
    for (const id of left) await documents.remove(id, { permanent });
  }
}
