import { expect } from '@jest/globals';

export interface Reply<T = any> {
  status: number;
  headers: Headers;
  body: T;
}

export interface RequestOptions {
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A client of the API that sends JSON and gives back status, headers and the parsed body. */
export class Client {
  constructor(
    readonly url: string,
    readonly token?: string,
  ) {}

  get = (path: string, headers?: Record<string, string>) => this.send('GET', path, { headers });
  put = (path: string, body: unknown, headers?: Record<string, string>) => this.send('PUT', path, { body, headers });
  post = (path: string, body?: unknown, headers?: Record<string, string>) => this.send('POST', path, { body, headers });
  patch = (path: string, body: unknown, headers?: Record<string, string>) => this.send('PATCH', path, { body, headers });
  delete = (path: string, headers?: Record<string, string>) => this.send('DELETE', path, { headers });

  async send(method: string, path: string, { body, headers = {} }: RequestOptions = {}): Promise<Reply> {
    const response = await fetch(new URL(path, this.url), {
      method,
      redirect: 'manual',
      headers: {
        ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  }
}

/** Expects a reply in the contract's error format (RFC 9457). */
export function expectProblem(reply: Reply, status: number, kind: string): void {
  expect({ status: reply.status, type: reply.body?.type }).toEqual({ status, type: expect.stringMatching(new RegExp(`/problems/${kind}$`)) });
  expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(reply.body).toMatchObject({ title: expect.any(String), status, detail: expect.any(String), instance: expect.any(String) });
}
