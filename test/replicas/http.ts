import { randomBytes } from 'node:crypto';
import { Agent, request, type IncomingHttpHeaders } from 'node:http';

export interface HttpReply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface HttpRequest {
  method: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** A connection of its own, for servers that close idle ones early. */
  isAlone?: boolean;
}

const DEADLINE_MS = 20_000;
const agent = new Agent({ keepAlive: true });

/** One request over kept connections: a third of what `fetch` costs. Rejects when the server dies, or after 20 s. */
export function send(url: string, { method, headers, body, isAlone = false }: HttpRequest): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => reject(new Error(`${method} ${url}: ${cause.message}`, { cause }));
    const length = body === undefined ? undefined : { 'content-length': String(Buffer.byteLength(body)) };
    const call = request(url, { method, agent: isAlone ? false : agent, headers: { ...length, ...headers }, timeout: DEADLINE_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        if (!response.complete) return fail(new Error('the reply broke off'));
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') });
      });
    });
    call.on('timeout', () => call.destroy(new Error(`no reply within ${DEADLINE_MS / 1_000} s`)));
    call.on('error', fail);
    call.end(body);
  });
}

/** An address that nobody has used. */
export const newAddress = (): string => `10.${[...randomBytes(3)].join('.')}`;
