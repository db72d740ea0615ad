import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../../local/names.js';
import { Replica } from '../replica.js';
import type { Census } from './growth.js';
import { holdings } from './heap.js';

const CENSUS = fileURLToPath(new URL('./census.mjs', import.meta.url));

/** A replica that can be asked what it holds. */
export class Watched {
  private constructor(
    readonly replica: Replica,
    private readonly classes: ReadonlySet<string>,
  ) {}

  static async start(entry: string, environment: Environment, classes: ReadonlySet<string>): Promise<Watched> {
    const flags = ['--expose-gc', '--import', CENSUS];
    const replica = new Replica('the watched replica', entry, environment, flags);
    await replica.start();
    return new Watched(replica, classes);
  }

  /** Collects garbage, then counts. */
  async census(): Promise<Census> {
    const snapshot = join(tmpdir(), `${process.pid}-${Date.now()}.heapsnapshot`);
    try {
      const { resources } = await this.replica.ask<{ resources: string[] }>({ snapshot });
      return {
        heap: holdings(await readFile(snapshot, 'utf8'), this.classes),
        resources,
        files: await readdir(this.replica.disk, { recursive: true }),
      };
    } finally {
      await rm(snapshot, { force: true });
    }
  }
}
