import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { s3Server } from './server.js';

export const CREDENTIALS = { accessKeyId: 'suite-key', secretAccessKey: 'suite-secret', region: 'us-east-1' };
export const BUCKET = 'suite-bucket';
export const MiB = 1_024 * 1_024;

/** An S3 of its own on a folder of its own, with the SDK's client. */
export class RunningS3 {
  private constructor(
    readonly folder: string,
    private server: Server,
    readonly endpoint: string,
  ) {}

  static async start(): Promise<RunningS3> {
    const folder = await mkdtemp(join(tmpdir(), 'stateless-s3-'));
    const server = await s3Server(folder, CREDENTIALS);
    const s3 = new RunningS3(folder, server, await listen(server, 0));
    await s3.client().send(new CreateBucketCommand({ Bucket: BUCKET }));
    return s3;
  }

  client(config: S3ClientConfig = {}): S3Client {
    return new S3Client({ region: 'us-east-1', endpoint: this.endpoint, credentials: CREDENTIALS, maxAttempts: 1, forcePathStyle: true, ...config });
  }

  url(key: string): string {
    return `${this.endpoint}/${BUCKET}/${key}`;
  }

  /** Everything that the next process knows is what is on disk. */
  async restart(): Promise<void> {
    await this.shut();
    this.server = await s3Server(this.folder, CREDENTIALS);
    await listen(this.server, Number(new URL(this.endpoint).port));
  }

  async stop(): Promise<void> {
    await this.shut();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async shut(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}

async function listen(server: Server, port: number): Promise<string> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

/** Status and S3's error code of a reply. */
export async function codeOf(reply: Response | Promise<Response>): Promise<string> {
  const response = await reply;
  const [, code = 'none'] = /<Code>(\w+)<\/Code>/.exec(await response.text()) ?? [];
  return `${response.status} ${code}`;
}
