import { describe, expect, it } from '@jest/globals';
import { breakingChanges } from './breaking-changes.js';
import type { Description, Schema } from './description.js';

const thing = (): Schema => ({
  type: 'object',
  required: ['id', 'name'],
  properties: { id: { type: 'string' }, name: { type: 'string', maxLength: 10 }, kind: { type: 'string', enum: ['a', 'b'] } },
});

function api(change: (parts: { input: Schema; output: Schema; description: Description }) => void = () => {}): Description {
  const [input, output] = [thing(), thing()];
  const json = (schema: Schema) => ({ 'application/json': { schema } });
  const description: Description = {
    info: { version: '1' },
    components: { schemas: { Input: input, Output: output } },
    paths: {
      '/things': {
        get: { operationId: 'list', responses: { 200: { content: json({ type: 'array', items: { $ref: '#/components/schemas/Output' } }) } } },
        post: {
          operationId: 'create',
          parameters: [{ name: 'dry', in: 'query', schema: { type: 'boolean' } }],
          requestBody: { required: true, content: json({ $ref: '#/components/schemas/Input' }) },
          responses: { 201: { content: json({ $ref: '#/components/schemas/Output' }) } },
        },
      },
    },
  };
  change({ input, output, description });
  return description;
}

const changesOf = (change: Parameters<typeof api>[0]) => breakingChanges(api(), api(change));

describe('a change of the API breaks its clients when', () => {
  it.each<[string, Parameters<typeof api>[0], string]>([
    ['a path is removed', ({ description }) => delete description.paths['/things'], 'GET /things is gone'],
    ['an operation is removed', ({ description }) => delete description.paths['/things']!['post'], 'POST /things is gone'],
    ['an answer loses a member', ({ output }) => delete output.properties!['name'], 'POST /things: response 201 /name is gone'],
    ['an answer promises a member no more', ({ output }) => output.required!.pop(), 'GET /things: response 200 /items /name is optional'],
    ['an answer changes a type', ({ output }) => (output.properties!['id'] = { type: 'integer' }), 'POST /things: response 201 /id was string and is integer'],
    ['a request needs another member', ({ input }) => input.required!.push('kind'), 'POST /things: request /kind is required'],
    ['a request takes fewer values', ({ input }) => (input.properties!['kind']!.enum = ['a']), 'POST /things: request /kind takes ["a"] only'],
    ['a request takes less text', ({ input }) => (input.properties!['name']!['maxLength'] = 5), 'POST /things: request /name has maxLength 5 instead of 10'],
    ['a parameter becomes required', ({ description }) => (description.paths['/things']!['post']!.parameters![0]!.required = true), 'POST /things: query parameter dry is required'],
    ['a status is removed', ({ description }) => (description.paths['/things']!['post']!.responses = {}), 'POST /things: status 201 is gone'],
  ])('%s', (_, change, expected) => {
    expect(changesOf(change)).toContain(expected);
  });

  it.each<[string, Parameters<typeof api>[0]]>([
    ['nothing changes', () => {}],
    ['an answer gains a member', ({ output }) => (output.properties!['more'] = { type: 'string' })],
    ['an answer gives fewer values', ({ output }) => (output.properties!['kind']!.enum = ['a'])],
    ['a request may say more', ({ input }) => (input.properties!['more'] = { type: 'string' })],
    ['a request takes more values', ({ input }) => input.properties!['kind']!.enum!.push('c')],
    ['a path is added', ({ description }) => (description.paths['/more'] = { get: { operationId: 'more', responses: {} } })],
  ])('and not when %s', (_, change) => {
    expect(changesOf(change)).toEqual([]);
  });
});
