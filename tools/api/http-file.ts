import { operationsOf, type Described, type Description, type Parameter } from './description.js';

const valueOf = ({ example, name }: Parameter): string => (example === undefined ? `{{${name}}}` : String(example));

/** Every operation as a request for the REST clients of VS Code and JetBrains. */
export function httpFile(description: Description): string {
  const requests = operationsOf(description).map(requestOf);
  return `# Generated from openapi.json by \`npm run openapi\`: do not edit.
# npm run dev prints a token; it is also in .local/dev.json.

@baseUrl = http://127.0.0.1:3000
@token = paste-it-here
@id = a-document
@shareId = a-share
@userId = a-user

${requests.join('\n')}`;
}

function requestOf({ method, path, operation, parameters }: Described): string {
  const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const headers = parameters.filter(({ in: where }) => where === 'header');
  const query = parameters.filter(({ in: where, required }) => where === 'query' && required);
  const target = path.replaceAll('{', '{{').replaceAll('}', '}}');
  const search = query.map((parameter) => `${parameter.name}=${valueOf(parameter)}`).join('&');
  const lines = [
    `### ${operation.summary ?? operation.operationId}`,
    `# @name ${operation.operationId.replace('.', '')}`,
    `${method} {{baseUrl}}${target}${search && `?${search}`}`,
    ...(operation.security?.length === 0 ? [] : ['Authorization: Bearer {{token}}']),
    ...headers.map((header) => `${header.required ? '' : '# '}${header.name}: ${valueOf(header)}`),
    ...(type === undefined ? [] : [`Content-Type: ${type}`, '', JSON.stringify(media?.example ?? {}, null, 2)]),
  ];
  return `${lines.join('\n')}\n`;
}
