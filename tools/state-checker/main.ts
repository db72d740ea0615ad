#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { checkProject } from './check.js';
import { describe } from './findings.js';
import { keepFile } from './keep-file.js';
import { loadProject } from './project.js';
import { stateMap } from './state-map.js';

const USAGE = `Usage: nest-hidden-state [folder] [options]

Finds state that a NestJS process keeps between requests. Exit code 1 when some is not declared.

  --project <tsconfig>   default: tsconfig.build.json, tsconfig.app.json or tsconfig.json in the folder
  --out <file>           write the state map (Markdown) there
  --check                with --out: write nothing, fail when the file is stale
  --review <file>        Markdown to put into the map before what was found
  --run-time <file>      Markdown to put into the map after what was found: what a look at the running process saw
  --json                 findings as JSON
`;

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      project: { type: 'string' },
      out: { type: 'string' },
      review: { type: 'string' },
      'run-time': { type: 'string' },
      check: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const project = loadProject(positionals[0] ?? '.', values.project);
  const report = checkProject(project);
  const lines = report.hidden.map((finding) => describe(project, finding));
  if (values.json) console.log(JSON.stringify(lines, undefined, 2));
  else for (const line of lines) console.log(line);
  console.error(`${report.files} files: ${lines.length} undeclared, ${report.declared.length} declared`);
  const mapIsRight = values.out === undefined || keepMap(values.out, values.check, stateMap(project, report, { review: values.review, runTime: values['run-time'] }));
  return lines.length === 0 && mapIsRight ? 0 : 1;
}

/** The state map is kept even when it has problems, so that they can be seen in it. */
function keepMap(file: string, check: boolean, { text, problems }: { text: string; problems: string[] }): boolean {
  for (const problem of problems) console.error(problem);
  return keepFile(file, check, text) && problems.length === 0;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
