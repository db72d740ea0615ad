import ts from 'typescript';
import type { Finding } from './findings.js';
import { functionAround, nameOf } from './functions.js';
import type { Lifetime } from './lifetime.js';
import { mutationsIn } from './mutations.js';
import type { Project } from './project.js';
import { importedBy } from './symbols.js';

/** Values put on `globalThis`, `process.env` or a library's own object while requests are served. */
export function sharedObjects(project: Project, lifetime: Lifetime): Finding[] {
  const found: Finding[] = [];
  for (const source of project.sources)
    for (const { node, target } of mutationsIn(source, project.checker)) {
      const body = functionAround(node);
      const root = rootOf(target);
      if (!body || !root || lifetime.runsOnlyAtStart(body) || !isShared(project, root, target)) continue;
      found.push({
        node,
        what: `${target.getText()} in ${nameOf(body)}`,
        why: 'it changes an object that every request of this process shares and no other task sees',
        advice: 'pass the value along with the request, or keep it in a store that all tasks share',
      });
    }
  return found;
}

function rootOf(target: ts.Expression): ts.Identifier | undefined {
  let at: ts.Expression = target;
  while (
    ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at) || ts.isParenthesizedExpression(at) ||
    ts.isAsExpression(at) || ts.isNonNullExpression(at)
  )
    at = at.expression;
  return ts.isIdentifier(at) ? at : undefined;
}

function isShared({ checker }: Project, root: ts.Identifier, target: ts.Expression): boolean {
  if (/^(globalThis|global)$/.test(root.text)) return true;
  if (root.text === 'process') return target.getText().startsWith('process.env');
  const imported = importedBy(checker, root);
  return imported !== undefined && target !== root && !imported.module.startsWith('.') && !isOurs(checker, root);
}

/** A path alias (`@app/state`) leads to our own files, which other rules judge. */
function isOurs(checker: ts.TypeChecker, root: ts.Identifier): boolean {
  const symbol = checker.getSymbolAtLocation(root);
  if (!symbol || !(symbol.flags & ts.SymbolFlags.Alias)) return false;
  const file = checker.getAliasedSymbol(symbol).declarations?.[0]?.getSourceFile().fileName;
  return file !== undefined && !file.includes('/node_modules/');
}
