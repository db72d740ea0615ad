/**
 * Everything about the infrastructure that this machine can check: the policy suite always, Terraform where it is
 * installed, and its tests where the AWS provider is found. Says what it skipped. Ends with "N passed, N failed".
 * `-- --without-policies` leaves out the policy suite, which `npm test` runs too.
 * `-- --changes` also makes careless changes to a copy and expects Terraform's tests to fail on each.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { carelessChanges } from './check/changes.js';
import { findPlugins } from './check/plugins.js';
import { Terraform, type Outcome } from './check/terraform.js';

const INFRA = dirname(fileURLToPath(import.meta.url));
const REPOSITORY = dirname(INFRA);
const ROOTS = ['.', 'data', 'waf', 'bootstrap'];

let passed = 0;
let failed = 0;
const skipped: string[] = [];

async function step(name: string, holds: () => Outcome | Promise<Outcome>): Promise<void> {
  const started = Date.now();
  const { ok, output, count = 1 } = await holds();
  if (ok) passed += count;
  else failed += 1;
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (!ok) console.log(output);
}

async function policySuite(): Promise<void> {
  const report = join(mkdtempSync(join(tmpdir(), 'infra-')), 'jest.json');
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', 'test/infra', '--json', `--outputFile=${report}`];
  await step('policy suite, without any provider', () => {
    const { stderr } = spawnSync(process.execPath, jest, { cwd: REPOSITORY, encoding: 'utf8' });
    const { numPassedTests, success } = JSON.parse(readFileSync(report, 'utf8'));
    return { ok: success && numPassedTests > 0, output: stderr, count: numPassedTests };
  });
  rmSync(dirname(report), { recursive: true, force: true });
}

async function terraformSuite(): Promise<void> {
  if (!Terraform.isInstalled()) return void skipped.push('Terraform itself: it is not installed');
  const terraform = new Terraform(INFRA);
  await step('terraform fmt', () => terraform.run('fmt', '-check', '-recursive', '-diff'));

  const plugins = findPlugins();
  if (!plugins) return void skipped.push('init, validate and test: no AWS provider on this machine (TF_PLUGIN_DIR names its directory)');
  for (const root of ROOTS) {
    await step(`terraform init and validate: ${root}`, () => {
      const init = terraform.init(root, plugins);
      return init.ok ? terraform.run(`-chdir=${root}`, 'validate', '-no-color') : init;
    });
  }
  await step('terraform test', () => terraform.testAll());
  for (const environment of ['dev', 'prod']) {
    await step(`plan of ${environment}`, () => terraform.test('-test-directory=tests/environments', `-var-file=env/${environment}.tfvars`));
  }
  if (process.argv.includes('--changes')) await changesFail(plugins);
  else skipped.push('careless changes against terraform test: minutes; `npm run infra:check -- --changes`');
  terraform.end();
}

async function changesFail(plugins: string): Promise<void> {
  for (const change of carelessChanges) {
    const terraform = new Terraform(INFRA);
    change.make(terraform.directory);
    terraform.init('.', plugins);
    await step(`terraform test fails on: ${change.name}`, () => {
      const { ok, output } = terraform.test(`-filter=tests/${change.test}.tftest.hcl`);
      return { ok: !ok && output.includes(change.says), output };
    });
    terraform.end();
  }
}

if (!process.argv.includes('--without-policies')) await policySuite();
await terraformSuite();
for (const what of skipped) console.log(`skipped: ${what}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
