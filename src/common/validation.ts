import type { z } from 'zod';
import { AppError, type FieldError } from './app-error.js';

/** The part of a Standard Schema issue that we show. */
interface Issue {
  message: string;
  path?: readonly (PropertyKey | { key: PropertyKey })[];
}

const escapePointer = (segment: string): string => segment.replaceAll('~', '~0').replaceAll('/', '~1');

/** JSON pointer (RFC 6901) of where an issue is; the empty pointer is the whole body. */
const pointerOf = ({ path = [] }: Issue): string =>
  path.map((part) => `/${escapePointer(String(typeof part === 'object' ? part.key : part))}`).join('');

export const invalid = (issues: readonly Issue[]): AppError => {
  const errors: FieldError[] = issues.slice(0, 20).map((issue) => ({ pointer: pointerOf(issue), detail: issue.message }));
  return new AppError('validation', 'The request is not valid; `errors` says where.', { errors });
};

/** Parses what is known only inside a service, such as a patched resource. Throws `AppError('validation')`. */
export function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (!result.success) throw invalid(result.error.issues);
  return result.data;
}
