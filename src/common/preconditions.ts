import { AppError } from './app-error.js';

/** Strong entity tag of a resource at a version (RFC 9110 §8.8.3). */
export const etagOf = (version: number | string): string => `"${version}"`;

/** Conditional headers of a request, as `@Preconditions()` hands them to a controller. */
export interface Preconditions {
  ifMatch?: string;
  ifNoneMatch?: string;
}

const ENTITY_TAGS = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

const tagsIn = (header: string): string[] => header.match(ENTITY_TAGS) ?? [];

const listsWeakly = (header: string, etag: string): boolean =>
  header.trim() === '*' || tagsIn(header).some((tag) => tag.replace(/^W\//, '') === etag);

const listsStrongly = (header: string, etag: string): boolean =>
  header.trim() === '*' || tagsIn(header).includes(etag);

/** True when `If-None-Match` already names what the client holds: answer 304 (RFC 9110 §13.1.2, weak comparison). */
export const isNotModified = ({ ifNoneMatch }: Preconditions, etag: string): boolean =>
  ifNoneMatch !== undefined && listsWeakly(ifNoneMatch, etag);

/** A change needs `If-Match`: 428 without it, 412 when it names another version (RFC 9110 §13.1.1, strong comparison). */
export function requireMatch(conditions: Preconditions, etag: string): void {
  if (conditions.ifMatch === undefined) {
    throw new AppError('precondition-required', 'Send If-Match with the ETag of the version that you want to change.');
  }
  matchIfGiven(conditions, etag);
}

/** For actions that take `If-Match` but do not need it. */
export function matchIfGiven({ ifMatch }: Preconditions, etag: string): void {
  if (ifMatch !== undefined && !listsStrongly(ifMatch, etag)) throw stale();
}

export const stale = (): AppError =>
  new AppError('stale', 'The resource has changed since you read it. Read it again and repeat your change.');
