import { jest } from '@jest/globals';

/**
 * Suites talk to real processes with real deadlines (50 ms to the cache, 600 ms to a table): a machine that stalls for a moment must
 * not turn them red. What fails is tried twice more, and every failure is printed.
 */
jest.retryTimes(2, { logErrorsBeforeRetry: true });
