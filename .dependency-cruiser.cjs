// The house's rules about who may know whom; docs/architecture.md draws them.
const ground = '^src/(config|common|aws|telemetry|resilience)/';
const middle = '^src/(auth|cache|rate-limit|idempotency)/';
const features = '^src/(profiles|documents|sessions)/';
const top = '^src/(accounts/|docs/|health/|app\\.module\\.ts|app\\.ts|main\\.ts|lambda\\.ts|sweep\\.ts)';
const tests = '(\\.spec|\\.contract|\\.fixture|\\.e2e-spec)\\.ts$|/memory-[^/]+\\.ts$';
const adapters = '/(dynamo|s3|redis|cached|secrets-manager|cognito)-[^/]+\\.ts$';

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    forbid('no-cycles', 'Two files that need each other are one.', {}, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }),
    forbid('ground-knows-nothing-above', 'The ground floor knows no other floor.', { path: ground, pathNot: tests }, { path: '^src/', pathNot: ground }),
    forbid('middle-knows-no-feature', 'The middle floor knows no feature.', { path: middle, pathNot: tests }, { path: [features, top] }),
    forbid('features-know-no-feature', 'Features never import one another.', { path: '^src/(profiles|documents|sessions)/' }, { path: features, pathNot: '^src/$1/' }),
    forbid('features-know-nothing-above', 'Arrows point down.', { path: features, pathNot: tests }, { path: top }),
    forbid(
      'features-use-doors',
      'Of the middle floor features take only the doors.',
      { path: features, pathNot: `${tests}|\\.module\\.ts$` },
      { path: '^src/(auth|cache)/', pathNot: '^src/(auth/(current-user|public|roles|sign-in-checks|sign-outs)|cache/cache)\\.ts$' },
    ),
    forbid('only-modules-name-adapters', 'Only a module says which adapter keeps a promise.', { path: '^src/', pathNot: `${tests}|\\.module\\.ts$|${adapters}|^src/aws/|^src/sweep` }, { path: adapters, pathNot: '^src/idempotency/dynamo-' }),
    forbid(
      'only-adapters-import-the-sdk',
      'Services and controllers never see an AWS type.',
      { path: '^src/', pathNot: `${tests}|\\.module\\.ts$|${adapters}|^src/aws/|^src/sweep` },
      { path: 'node_modules/(@aws-sdk|@smithy)/' },
    ),
    forbid('production-imports-no-test', 'What runs in production imports no test.', { path: '^src/', pathNot: tests }, { path: tests }),
    forbid('src-stands-alone', 'The service does not know its tools.', { path: '^src/', pathNot: tests }, { path: '^(local|test|tools|bench|infra)/' }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.json'] },
  },
};
