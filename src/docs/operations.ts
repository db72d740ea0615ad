import { STATUS_CODES } from 'node:http';
import { HTTP_STATUS, type ErrorKind } from '../common/app-error.js';
import type { DescribedRoute } from './described-routes.js';
import { headerRefs, parameterRef, requestHeaders, type ResponseHeader } from './header-components.js';
import { MEANING, problemExample } from './problem-kinds.js';

interface Media {
  schema?: { $ref?: string };
  [member: string]: unknown;
}
export interface Response {
  $ref?: string;
  description?: string;
  headers?: Record<string, unknown>;
  content?: Record<string, Media>;
}
export interface Operation {
  operationId: string;
  parameters?: { in?: string; $ref?: string; [member: string]: unknown }[];
  requestBody?: { required?: boolean; content: Record<string, Media> };
  responses: Record<string, Response>;
  security?: unknown[];
  [member: string]: unknown;
}

interface Shape extends DescribedRoute {
  method: string;
  path: string;
  creates: boolean;
  changes: boolean;
}

/** Problem responses by the kinds in them, under `components.responses`: most operations share most of them. */
export type Problems = Record<string, Response>;

/** Adds to an operation what its route's decorators imply: conditions, idempotency, headers and every problem. */
export function complete(operation: Operation, method: string, path: string, route: DescribedRoute, problems: Problems): void {
  const creates = method === 'post' && operation.responses['201'] !== undefined;
  const shape: Shape = { ...route, method, path, creates, changes: method === 'put' || method === 'patch' };
  operation.security = route.isPublic ? [] : [{ bearer: [] }];
  if (operation.requestBody && route.isBodyOptional) operation.requestBody.required = false;
  operation.parameters = [...(operation.parameters ?? []), ...requestHeadersOf(shape).map(parameterRef)];
  if (route.isConditional && method === 'get') operation.responses['304'] = { description: 'You hold this version already.', headers: headerRefs('ETag') };
  for (const [status, response] of Object.entries(operation.responses)) completeSuccess(response, Number(status), shape);
  Object.assign(operation.responses, problemsOf(kindsOf(operation, shape), problems));
}

function requestHeadersOf({ isConditional, method, changes, creates }: Shape): (keyof typeof requestHeaders)[] {
  const idempotency = creates ? (['IdempotencyKey'] as const) : [];
  if (!isConditional) return [...idempotency];
  if (method === 'get') return ['IfNoneMatch'];
  // PUT creates without If-Match, too.
  if (method === 'put') return ['IfMatchOptional', 'IfNoneMatchAny'];
  return [changes ? 'IfMatch' : 'IfMatchOptional', ...idempotency];
}

function completeSuccess(response: Response, status: number, { isConditional, creates, method, path }: Shape): void {
  response.description ||= STATUS_CODES[status] ?? 'Success';
  const names: ResponseHeader[] = ['X-Request-Id'];
  if (!path.startsWith('/health/')) names.push('RateLimit', 'RateLimit-Policy');
  const schema = response.content?.['application/json']?.schema?.$ref ?? '';
  if ((isConditional && method !== 'delete') || schema.endsWith('WithTicket')) names.push('ETag');
  if (status === 201) names.push('Location');
  if (creates) names.push('Idempotent-Replayed');
  if (path.endsWith('/export')) names.push('Content-Disposition');
  if (schema.endsWith('Page')) names.push('Link');
  response.headers = { ...response.headers, ...headerRefs(...names) };
}

/** What a request can fail with, by the shape of its route. */
function kindsOf({ parameters = [], requestBody }: Operation, shape: Shape): Set<ErrorKind> {
  const kinds = new Set<ErrorKind>(shape.kinds);
  const add = (condition: boolean, ...more: ErrorKind[]) => condition && more.forEach((kind) => kinds.add(kind));
  add(parameters.some((parameter) => parameter.in === 'query') || requestBody !== undefined, 'validation');
  add(requestBody !== undefined, 'request-timeout', 'too-large', 'unsupported-media-type');
  add(!shape.isPublic, 'unauthenticated');
  add(shape.groups.length > 0, 'forbidden');
  add(shape.path.includes('{'), 'not-found');
  add(shape.isConditional && shape.method !== 'get', 'stale');
  add(shape.isConditional && shape.changes, 'precondition-required');
  add(shape.creates, 'request-in-progress', 'idempotency-key-reused');
  add(!shape.path.startsWith('/health/'), 'rate-limited', 'internal');
  add(!shape.path.endsWith('/live'), 'unavailable');
  return kinds;
}

function problemsOf(kinds: Set<ErrorKind>, problems: Problems): Record<string, { $ref: string }> {
  const byStatus = new Map<number, ErrorKind[]>();
  for (const kind of kinds) byStatus.set(HTTP_STATUS[kind], [...(byStatus.get(HTTP_STATUS[kind]) ?? []), kind]);
  return Object.fromEntries(
    [...byStatus].map(([status, unsorted]) => {
      const of = unsorted.sort();
      const name = of.join('.');
      problems[name] ??= problemResponse(status, of);
      return [String(status), { $ref: `#/components/responses/${name}` }];
    }),
  );
}

const OF_STATUS: Partial<Record<number, ResponseHeader[]>> = {
  401: ['WWW-Authenticate'],
  429: ['Retry-After'],
  503: ['Retry-After'],
};

const problemResponse = (status: number, kinds: ErrorKind[]): Response & { 'x-problem-kinds': ErrorKind[] } => ({
  description: kinds.map((kind) => `\`${kind}\`: ${MEANING[kind]}`).join('\n'),
  headers: headerRefs('X-Request-Id', 'RateLimit', 'RateLimit-Policy', ...(OF_STATUS[status] ?? []), ...(kinds.includes('request-in-progress') ? (['Retry-After'] as const) : [])),
  content: {
    'application/problem+json': {
      schema: { $ref: '#/components/schemas/Problem' },
      examples: Object.fromEntries(kinds.map((kind) => [kind, problemExample(kind)])),
    },
  },
  'x-problem-kinds': kinds,
});
