import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from '../sigv4.js';
import type { CorsRule } from './objects.js';
import { elements, value, values } from './xml.js';

const VARY = 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method';

export function parseCors(body: string): CorsRule[] {
  return elements(body, 'CORSRule').map((rule) => ({
    origins: values(rule, 'AllowedOrigin'),
    methods: values(rule, 'AllowedMethod'),
    headers: values(rule, 'AllowedHeader'),
    exposed: values(rule, 'ExposeHeader'),
    maxAge: value(rule, 'MaxAgeSeconds') === undefined ? undefined : Number(value(rule, 'MaxAgeSeconds')),
  }));
}

const matches = (pattern: string, text: string): boolean => {
  const [head, tail] = pattern.toLowerCase().split('*', 2) as [string, string?];
  const lower = text.toLowerCase();
  return tail === undefined ? lower === head : lower.startsWith(head) && lower.endsWith(tail);
};

const ruleFor = (rules: CorsRule[], origin: string, method: string, headers: string[]): CorsRule | undefined =>
  rules.find(
    (rule) =>
      rule.origins.some((pattern) => matches(pattern, origin)) &&
      rule.methods.includes(method) &&
      headers.every((header) => rule.headers.some((pattern) => matches(pattern, header))),
  );

/** Headers for an actual request from a page; none when the bucket's rules do not allow it. */
export function setCors(rules: CorsRule[], request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers;
  const rule = origin && ruleFor(rules, origin, request.method ?? '', []);
  if (!origin || !rule) return;
  setShared(rule, origin, response);
}

function setShared(rule: CorsRule, origin: string, response: ServerResponse): void {
  const isAnyone = rule.origins.includes('*');
  response.setHeader('access-control-allow-origin', isAnyone ? '*' : origin);
  if (!isAnyone) response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('access-control-allow-methods', rule.methods.join(', '));
  response.setHeader('access-control-expose-headers', rule.exposed.join(', '));
  response.setHeader('vary', VARY);
}

/** Answers a preflight, which is never signed. */
export function preflight(rules: CorsRule[], request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers;
  const method = request.headers['access-control-request-method'];
  const headers = (request.headers['access-control-request-headers'] ?? '').split(',').map((name) => name.trim()).filter(Boolean);
  const rule = origin && method && ruleFor(rules, origin, method, headers);
  if (!origin || !rule) throw new AwsError(403, 'AccessForbidden', 'CORSResponse: This CORS request is not allowed.');
  setShared(rule, origin, response);
  response.setHeader('access-control-allow-headers', headers.join(', '));
  if (rule.maxAge !== undefined) response.setHeader('access-control-max-age', rule.maxAge);
  response.writeHead(200).end();
}
