import { declarationFor, declarationsIn, incomplete, type Declaration } from './declarations.js';
import { placeOf, type Finding } from './findings.js';
import { keptState } from './kept-state.js';
import { libraryState } from './library-state.js';
import { Lifetime } from './lifetime.js';
import { localFiles } from './local-files.js';
import type { Project } from './project.js';
import { sharedObjects } from './shared-objects.js';
import { timers } from './timers.js';

export interface Declared {
  declaration: Declaration;
  /** What the rules saw under it; empty when they see nothing that needs a declaration. */
  seen: Finding[];
}

export interface Report {
  /** Undeclared state, by file and line: must be empty. */
  hidden: Finding[];
  declared: Declared[];
  files: number;
}

export function checkProject(project: Project): Report {
  const lifetime = new Lifetime(project);
  const declarations = declarationsIn(project);
  const declared = new Map([...declarations.values()].map((declaration) => [declaration, { declaration, seen: [] as Finding[] }]));
  const hidden = incomplete(declarations.values());
  const rules = [libraryState, timers, localFiles, sharedObjects, keptState];
  for (const finding of rules.flatMap((rule) => rule(project, lifetime))) {
    const declaration = declarationFor(declarations, finding.node);
    if (declaration) declared.get(declaration)?.seen.push(finding);
    else hidden.push(finding);
  }
  return { hidden: oncePerLine(project, hidden), declared: [...declared.values()], files: project.sources.length };
}

/** Several rules may see one thing; the first says it best. */
function oncePerLine(project: Project, findings: Finding[]): Finding[] {
  const byLine = new Map<string, Finding>();
  const sorted = findings.map((finding) => ({ finding, ...placeOf(project, finding.node) }));
  sorted.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
  for (const { finding, file, line } of sorted) if (!byLine.has(`${file}:${line}`)) byLine.set(`${file}:${line}`, finding);
  return [...byLine.values()];
}
