import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fleet } from '../fleet.js';
import { newAddress, send, type HttpReply } from '../http.js';
import type { World } from '../world.js';

export interface Reply {
  status: number;
  headers: HttpReply['headers'];
  body: any;
}

export interface Ticket {
  method: string;
  url: string;
  headers: Record<string, string>;
}

interface Options {
  body?: unknown;
  headers?: Record<string, string>;
}

/** One user's calls, each to a random replica. Rejects when nobody knows what became of a call: no answer, or 5xx. */
export class Api {
  private readonly authorization: string;

  constructor(
    private readonly fleet: Fleet,
    mint: World['mint'],
    private readonly random: () => number,
  ) {
    this.authorization = `Bearer ${mint({ sub: randomUUID(), origin_jti: randomUUID() })}`;
  }

  async call(method: string, path: string, { body, headers }: Options = {}): Promise<Reply> {
    const replica = await this.fleet.pick(Math.floor(this.random() * 1_000));
    const reply = await send(replica.url + path, {
      method,
      headers: { authorization: this.authorization, 'x-forwarded-for': newAddress(), ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (reply.status >= 500) throw new Error(`${method} ${path}: ${reply.status}`);
    return { ...reply, body: reply.text === '' ? undefined : JSON.parse(reply.text) };
  }

  /** For preparations, which are no part of a history: repeated until it succeeds. */
  async surely(method: string, path: string, options?: Options): Promise<Reply> {
    for (let attempt = 1; ; attempt += 1) {
      const reply = await this.call(method, path, options).catch((error: Error) => error);
      if (!(reply instanceof Error) && reply.status < 300) return reply;
      if (attempt === 40) throw reply instanceof Error ? reply : new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
      await delay(250);
    }
  }

  /** A pending document whose bytes have arrived. */
  async uploaded(size = 3): Promise<string> {
    const { body } = await this.surely('POST', '/v1/documents', { body: { name: 'a', contentType: 'text/plain', size } });
    const { method, url, headers } = body.upload as Ticket;
    const { status } = await send(url, { method, headers, body: Buffer.alloc(size, 'x'), isAlone: true });
    if (status !== 200) throw new Error(`S3 answered ${status}`);
    return `/v1/documents/${body.document.id}`;
  }
}
