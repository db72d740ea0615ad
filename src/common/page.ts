import { z } from 'zod';

/** One page of a list as a repository gives it: `next` is its own position, unsigned, absent on the last page. */
export interface Page<T, P = unknown> {
  items: T[];
  next?: P;
}

/** What a repository needs to read a page. */
export interface PageRequest<P = unknown> {
  limit: number;
  after?: P;
}

/** The paging part of a list's query: `?limit=1..100&cursor=…`. */
export const pageQuery = {
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100')
    .default('50')
    .transform(Number)
    .meta({ type: 'integer', minimum: 1, maximum: 100 }),
  cursor: z.string().min(1).max(2_048).optional(),
};

/** `Link: <…>; rel="next"` (RFC 8288) for the same request with another cursor. */
export function nextLink(url: string, cursor: string): string {
  const [path, query] = url.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', cursor);
  return `<${path}?${parameters.toString()}>; rel="next"`;
}
