// Reads Jest's JSON report. Prints "<passed> <failed>", and on standard error each test that failed or passed only when tried again;
// with --check fails when a suite or a whole area ran no test.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [file, check] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file, 'utf8'));
const nameOf = (suite) => relative(process.cwd(), suite.name);

if (!check) {
  console.log(report.numPassedTests, report.numFailedTests + report.numRuntimeErrorTestSuites);
  for (const suite of report.testResults) {
    if (suite.assertionResults.length === 0 && suite.status === 'failed') console.error(`failed: ${nameOf(suite)}`);
    for (const { status, invocations, fullName } of suite.assertionResults) {
      if (status === 'failed') console.error(`failed: ${nameOf(suite)}: ${fullName}`);
      else if (invocations > 1) console.error(`passed at attempt ${invocations}: ${nameOf(suite)}: ${fullName}`);
    }
  }
} else {
  const ran = (suite) => suite.assertionResults.filter(({ status }) => status === 'passed' || status === 'failed').length;
  const empty = report.testResults.filter((suite) => ran(suite) === 0).map(nameOf);
  const areas = ['src/', 'local/', 'test/api/'];
  const missing = areas.filter((area) => !report.testResults.some((suite) => nameOf(suite).startsWith(area) && ran(suite) > 0));
  for (const suite of empty) console.error(`${suite} ran no test`);
  for (const area of missing) console.error(`no test of ${area} ran`);
  process.exitCode = empty.length + missing.length > 0 ? 1 : 0;
}
