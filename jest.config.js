const esmOnly = 'cookie|content-disposition|mime';

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test', '<rootDir>/local', '<rootDir>/tools', '<rootDir>/client'],
  testMatch: ['**/*.spec.ts', '**/*.e2e-spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': '@swc/jest',
    // Published as ES modules only but required by CommonJS packages: Jest cannot do on Node 20 what Node itself can.
    [`node_modules/(${esmOnly})/.+\\.js$`]: ['@swc/jest', { swcrc: false, jsc: { target: 'es2022' }, module: { type: 'commonjs' } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly})/)`],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  setupFilesAfterEnv: ['<rootDir>/test/support/retries.ts'],
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  // In processes of their own, or suites and the stand-in for S3 would take turns.
  maxWorkers: 2,
  workerIdleMemoryLimit: '1500MB',
  passWithNoTests: false,
  testTimeout: 20_000,
};
