import { SetMetadata } from '@nestjs/common';
import type { ErrorKind } from './app-error.js';

export const ANSWERS = 'docs:answers';

/**
 * The kinds of failure that are special to a route, for the API's description. What follows from a route's shape (a token, a
 * body, a condition, an id in the path) is described without being named.
 */
export const Answers = (...kinds: ErrorKind[]) => SetMetadata(ANSWERS, kinds);
