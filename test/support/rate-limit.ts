import { expect } from '@jest/globals';
import { expectProblem, type Reply } from './client.js';

export interface Limits {
  /** By policy: the quota and the window in seconds. */
  policies: Record<string, { q: number; w: number }>;
  /** By policy: what is left, and the seconds until more is. */
  left: Record<string, { r: number; t: number }>;
  isLocal: boolean;
}

const POLICY = /^"(\w+)";q=(\d+);w=(\d+)(;stateless-counted=task)?$/;
const STATE = /^"(\w+)";r=(\d+);t=(\d+)$/;

const items = (header: string | null, pattern: RegExp): RegExpExecArray[] =>
  (header ?? '').split(', ').map((item) => pattern.exec(item) ?? notOfTheDraft(header));

/** Reads `RateLimit` and `RateLimit-Policy` strictly. */
export function limitsOf({ headers }: Pick<Reply, 'headers'>): Limits {
  const policies = items(headers.get('ratelimit-policy'), POLICY);
  const states = items(headers.get('ratelimit'), STATE);
  return {
    policies: Object.fromEntries(policies.map(([, name, q, w]) => [name, { q: Number(q), w: Number(w) }])),
    left: Object.fromEntries(states.map(([, name, r, t]) => [name, { r: Number(r), t: Number(t) }])),
    isLocal: policies.every(([, , , , local]) => local !== undefined),
  };
}

/** Expects a refusal that says which budgets are used up, and shows nothing else. Gives the seconds to wait. */
export function expectRefusal(reply: Reply, ...violated: string[]): number {
  expectProblem(reply, 429, 'rate-limited');
  expect(reply.body['violated-policies']).toEqual(violated);
  expect(Object.keys(reply.body).sort()).toEqual(['detail', 'instance', 'status', 'title', 'type', 'violated-policies']);
  for (const header of ['etag', 'link', 'location', 'www-authenticate', 'content-disposition']) expect(reply.headers.has(header)).toBe(false);
  expect(reply.headers.get('cache-control')).toBe('no-store');
  expect(reply.headers.get('x-request-id')).toBeTruthy();
  const wait = Number(reply.headers.get('retry-after'));
  const { policies, left } = limitsOf(reply);
  for (const name of violated) {
    expect(left[name]?.r).toBe(0);
    expect(wait).toBeLessThanOrEqual(policies[name]?.w ?? 0);
  }
  expect(wait).toBe(Math.max(1, ...violated.map((name) => left[name]?.t ?? 0)));
  return wait;
}

function notOfTheDraft(header: string | null): never {
  throw new Error(`not in the form of the draft: ${header}`);
}
