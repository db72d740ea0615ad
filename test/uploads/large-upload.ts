import { request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Fleet } from '../replicas/fleet.js';
import { SeededBytes, sha256Of } from './seeded-bytes.js';

interface Part {
  partNumber: number;
  url: string;
  headers: Record<string, string>;
}

interface StoredPart {
  partNumber: number;
  size: number;
  etag: string;
}

export interface LargeUpload {
  fleet: Fleet;
  token: string;
  size: number;
  seed: string;
  say(text: string): void;
}

export interface LargeUploadReport {
  sent: string;
  received: string;
  parts: number;
  /** Parts that were there when the upload was taken up again. */
  resumedFrom: number;
}

const BATCH = 16;
const AT_ONCE = 4;

/**
 * Sends a large file in parts, each batch of part URLs from the next replica. Midway a replica dies and with it the client, in
 * the middle of a part; another client takes up what S3 has, completes, and downloads.
 */
export class LargeUploadRun {
  private turn = 0;
  private readonly bytes: SeededBytes;

  constructor(private readonly run: LargeUpload) {
    this.bytes = new SeededBytes(run.seed, run.size);
  }

  async execute(): Promise<LargeUploadReport> {
    const { size, say } = this.run;
    const { document, upload } = await this.call('POST', '/v1/documents', { name: 'large.bin', contentType: 'application/octet-stream', size });
    const path = `/v1/documents/${document.id}`;
    const { partSize, partCount } = upload as { partSize: number; partCount: number };
    say(`${size} bytes, ${partCount} parts of ${partSize}`);
    const all = Array.from({ length: partCount }, (_, i) => i + 1);
    const half = all.slice(0, Math.floor(partCount / 2));
    await this.sendAll(path, half, partSize);
    await this.dieWithin(path, half.length + 1, partSize);
    const stored: StoredPart[] = (await this.call('GET', `${path}/upload/parts`)).parts;
    say(`another client resumes: S3 has ${stored.length} of ${partCount} parts`);
    const present = new Set(stored.map(({ partNumber }) => partNumber));
    await this.sendAll(path, all.filter((number) => !present.has(number)), partSize);
    const { parts }: { parts: StoredPart[] } = await this.call('GET', `${path}/upload/parts`);
    const named = parts.map(({ partNumber, etag }) => ({ partNumber, etag }));
    const published = await this.call('POST', `${path}/upload/complete`, { parts: named });
    say(`complete: ${published.status}, ${published.size} bytes`);
    const { url } = await this.call('GET', `${path}/download`);
    const [sent, received] = [await this.bytes.sha256(), await download(url)];
    say(`sent       SHA-256 ${sent}\ndownloaded SHA-256 ${received}`);
    return { sent, received, parts: parts.length, resumedFrom: stored.length };
  }

  private async sendAll(path: string, numbers: number[], partSize: number): Promise<void> {
    for (let i = 0; i < numbers.length; i += BATCH) {
      const partNumbers = numbers.slice(i, i + BATCH);
      const { parts }: { parts: Part[] } = await this.call('POST', `${path}/upload/parts`, { partNumbers });
      const queue = [...parts];
      const worker = async () => {
        for (let part = queue.shift(); part; part = queue.shift()) await this.send(part, partSize);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    }
  }

  /** The replica that signed a part is killed while the part is half sent, and nothing of the client lives on. */
  private async dieWithin(path: string, partNumber: number, partSize: number): Promise<void> {
    const replica = await this.run.fleet.pick(this.turn);
    const { parts }: { parts: Part[] } = await this.call('POST', `${path}/upload/parts`, { partNumbers: [partNumber] });
    const cut = this.send(parts[0] as Part, partSize, 0.5).then(() => 'stored', () => 'cut off');
    await this.run.fleet.kill(replica);
    this.run.say(`${replica.name} is killed; part ${partNumber} is ${await cut} in the middle`);
  }

  /** Sends a part, or a share of its bytes before the connection is lost. */
  private async send({ partNumber, url, headers }: Part, partSize: number, share = 1): Promise<void> {
    const offset = (partNumber - 1) * partSize;
    const length = Math.min(partSize, this.run.size - offset);
    const put = request(url, { method: 'PUT', headers: { ...headers, 'content-length': length } });
    const status = new Promise<number>((resolve, reject) => {
      put.on('error', reject);
      put.on('response', (response) => response.resume().on('end', () => resolve(response.statusCode ?? 0)));
    });
    const sending = pipeline(Readable.from(this.bytes.read(offset, Math.floor(length * share))), put, { end: share === 1 });
    if (share < 1) await sending.then(() => put.destroy(new Error('cut off')));
    const [code] = await Promise.all([status, sending]);
    if (code !== 200) throw new Error(`Part ${partNumber} was answered ${code}.`);
  }

  /** Each call goes to the next replica, and when that is gone to the one after it. */
  private async call(method: string, path: string, body?: unknown): Promise<any> {
    for (let attempt = 1; ; attempt += 1) {
      const replica = await this.run.fleet.pick(this.turn);
      this.turn += 1;
      const response = await fetch(replica.url + path, {
        method,
        headers: { authorization: `Bearer ${this.run.token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }).catch((error: unknown) => {
        if (attempt === 3) throw error;
      });
      if (!response) continue;
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
      return JSON.parse(text);
    }
  }
}

async function download(url: string): Promise<string> {
  const { status, body } = await fetch(url);
  if (status !== 200 || !body) throw new Error(`The download was answered ${status}.`);
  return sha256Of(body);
}
