// Reads Jest's JSON report. Prints "<passed> <failed>"; with --check fails when a suite or a whole area ran no test.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [file, check] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file, 'utf8'));

if (!check) {
  console.log(report.numPassedTests, report.numFailedTests + report.numRuntimeErrorTestSuites);
} else {
  const ran = (suite) => suite.assertionResults.filter(({ status }) => status === 'passed' || status === 'failed').length;
  const nameOf = (suite) => relative(process.cwd(), suite.name);
  const empty = report.testResults.filter((suite) => ran(suite) === 0).map(nameOf);
  const areas = ['src/', 'local/', 'test/api/'];
  const missing = areas.filter((area) => !report.testResults.some((suite) => nameOf(suite).startsWith(area) && ran(suite) > 0));
  for (const suite of empty) console.error(`${suite} ran no test`);
  for (const area of missing) console.error(`no test of ${area} ran`);
  process.exitCode = empty.length + missing.length > 0 ? 1 : 0;
}
