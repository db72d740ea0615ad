import { operationsOf, type Described, type Description } from './description.js';

const block = (name: string, lines: string[]): string => `${name} {\n${lines.map((line) => `  ${line}`.trimEnd()).join('\n')}\n}\n`;
const indented = (text: string): string[] => text.split('\n');

/** A Bruno collection: file name → content. */
export function brunoCollection(description: Description): Record<string, string> {
  const files: Record<string, string> = {
    'bruno.json': `${JSON.stringify({ version: '1', name: 'Stateless backend', type: 'collection' }, null, 2)}\n`,
    'collection.bru': `${block('auth', ['mode: bearer'])}\n${block('auth:bearer', ['token: {{token}}'])}`,
    'environments/local.bru': `${block('vars', ['baseUrl: http://127.0.0.1:3000', 'id: a-document', 'shareId: a-share', 'userId: a-user'])}vars:secret [\n  token\n]\n`,
  };
  operationsOf(description).forEach((described, index) => {
    const [tag = 'Other'] = described.operation.tags ?? [];
    files[`${tag}/${described.operation.operationId}.bru`] = requestOf(described, index + 1);
  });
  return files;
}

function requestOf({ method, path, operation, parameters }: Described, seq: number): string {
  const body = Object.entries(operation.requestBody?.content ?? {})[0];
  const of = (where: string) => parameters.filter((parameter) => parameter.in === where);
  // A tilde switches an entry off.
  const entry = (name: string, value: unknown, isOn = true): string => `${isOn ? '' : '~'}${name}: ${String(value)}`;
  const blocks = [
    block('meta', [`name: ${operation.summary ?? operation.operationId}`, 'type: http', `seq: ${seq}`]),
    block(method.toLowerCase(), [
      `url: {{baseUrl}}${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      `body: ${body ? 'json' : 'none'}`,
      `auth: ${operation.security?.length === 0 ? 'none' : 'inherit'}`,
    ]),
    ...(of('path').length > 0 ? [block('params:path', of('path').map(({ name }) => entry(name, `{{${name}}}`)))] : []),
    ...(of('query').length > 0 ? [block('params:query', of('query').map(({ name, example, schema, required }) => entry(name, example ?? schema?.['default'] ?? '', required ?? false)))] : []),
    ...(of('header').length + (body ? 1 : 0) > 0
      ? [block('headers', [...(body ? [entry('content-type', body[0])] : []), ...of('header').map(({ name, example, required }) => entry(name.toLowerCase(), example ?? '', required ?? false))])]
      : []),
    ...(body ? [block('body:json', indented(JSON.stringify(body[1].example ?? {}, null, 2)))] : []),
  ];
  return blocks.join('\n');
}
