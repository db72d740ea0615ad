import { parseArgs } from 'node:util';
import type { Description } from './description.js';
import { DECLARATIONS, formerDescription, undeclared } from './declared.js';
import { drifted, outputs, writeAll } from './outputs.js';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false }, source: { type: 'string', default: '.' } } });

const files = await outputs(values.source);
if (values.check) process.exitCode = check();
else {
  await writeAll(files);
  console.log(`Wrote ${files.size} files from the API's description.`);
}
process.exit();

function check(): number {
  const drift = drifted(files);
  if (drift.length > 0) {
    console.error(`Not what the source says:\n${drift.map((path) => `  ${path}`).join('\n')}\nRun: npm run openapi`);
  }
  const former = formerDescription();
  if (!former) console.log('Breaking changes: not looked for, because there is no history to compare with.');
  const broken = former ? undeclared(former.description, JSON.parse(files.get('openapi.json') ?? '') as Description) : [];
  if (broken.length > 0) {
    console.error(`Breaking changes since ${former?.commit.slice(0, 7)} that nobody declared:\n${broken.map((change) => `  ${change}`).join('\n')}\nDeclare what is meant in ${DECLARATIONS}.`);
  }
  if (drift.length + broken.length > 0) return 1;
  console.log(`${files.size} generated files are as the source says; no undeclared breaking change.`);
  return 0;
}
