import base from '../../jest.config.js';

/** Suites that drive a real browser; `npm test` leaves them out. */
export default {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/browser'],
  testMatch: ['**/*.browser-spec.ts'],
  globalSetup: '<rootDir>/test/browser/support/build-pages.mjs',
  globalTeardown: undefined,
  testTimeout: 240_000,
};
