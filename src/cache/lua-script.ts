import { createHash } from 'node:crypto';
import type { Redis } from 'iovalkey';

/** A script that the server runs atomically. Sent by its hash, and whole only to a server that does not know it yet. */
export class LuaScript {
  private readonly sha: string;

  constructor(private readonly text: string) {
    this.sha = createHash('sha1').update(text).digest('hex');
  }

  /** Makes it known to the server. */
  async load(client: Redis): Promise<void> {
    await client.script('LOAD', this.text);
  }

  async run(client: Redis, keys: string[], args: (string | number)[]): Promise<unknown> {
    try {
      return await client.evalsha(this.sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return client.eval(this.text, keys.length, ...keys, ...args);
    }
  }
}
