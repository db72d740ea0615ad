import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { v7 } from 'uuid';
import { startApp, type RunningApp } from '../support/app.js';
import { Client, type Reply } from '../support/client.js';
import { newActor } from '../support/documents.js';

interface Operation {
  operationId: string;
  security: object[];
  parameters: { $ref?: string; name?: string; in?: string }[];
  requestBody?: { content: Record<string, { example?: unknown }> };
  responses: Record<string, { $ref?: string; headers?: object; content?: object; 'x-problem-kinds'?: string[] }>;
}
const description = JSON.parse(readFileSync('openapi.json', 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
  components: { responses: Record<string, Operation['responses'][string]>; headers: object };
};
const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ title: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path, operation })),
);
type Described = (typeof operations)[number];

const ask = (client: Client, { method, path, operation }: Described, headers: Record<string, string> = {}): Promise<Reply> => {
  const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  return client.send(method, path.replaceAll(/\{\w+\}/g, v7()), { body: media?.example, headers: { ...(type && { 'content-type': type }), ...headers } });
};

/** What the description says of the answer; undefined when it says nothing. */
const declared = ({ operation }: Described, { status, body }: Reply): string | undefined => {
  const response = operation.responses[status];
  const resolved = response?.$ref ? description.components.responses[response.$ref.split('/').at(-1) ?? ''] : response;
  if (!resolved) return undefined;
  const kind = String(body?.type).split('/').at(-1) ?? '';
  return status < 400 || resolved['x-problem-kinds']?.includes(kind) ? Object.keys(resolved.headers ?? {}).join() : undefined;
};

describe('the description of the API is true of', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it.each(operations)('$title without a token', async (described) => {
    const reply = await ask(new Client(app.url), described);
    expect(declared(described, reply)).toBeDefined();
    const isRefused = reply.body?.type === '/problems/unauthenticated';
    expect(isRefused).toBe(described.operation.security.length > 0);
  });

  it.each(operations.filter(({ operation }) => operation.security.length > 0))('$title with a token', async (described) => {
    const { client } = newActor(app.url);
    for (const headers of [{}, { 'if-match': '"0"' }] as Record<string, string>[]) {
      const reply = await ask(client, described, headers);
      const names = declared(described, reply);
      expect({ status: reply.status, body: reply.body, names }).toMatchObject({ names: expect.stringContaining('X-Request-Id') });
      const given = (name: string): boolean => reply.headers.get(name) !== null;
      // What is not declared is not sent, so that nobody comes to rely on it.
      for (const name of Object.keys(description.components.headers)) if (given(name)) expect(`${described.title}: ${names}`).toContain(name);
    }
  });
});
