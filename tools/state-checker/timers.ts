import ts from 'typescript';
import type { Finding } from './findings.js';
import { classAround, functionAround, nameOf } from './functions.js';
import { walk, type Project } from './project.js';
import { importedBy } from './symbols.js';

/** Work that goes on after the request that started it: intervals, and timeouts that nobody waits for or clears. */
export function timers(project: Project): Finding[] {
  const found: Finding[] = [];
  for (const source of project.sources)
    walk(source, (node) => {
      if (!ts.isCallExpression(node)) return;
      const name = timerName(project, node.expression);
      if (!name || (name === 'setTimeout' && isHarmless(node))) return;
      const owner = functionAround(node);
      const what = `${name} in ${owner ? nameOf(owner) : (classAround(node)?.name?.text ?? 'module scope')}`;
      found.push({
        node,
        what,
        why: 'work waits in this process alone and is lost with it, and every task does it again',
        advice: 'do it in the request, in a scheduled one-off task or through a queue, or declare it with @SoftState',
      });
    });
  return found;
}

function timerName({ checker }: Project, callee: ts.Expression): string | undefined {
  const imported = importedBy(checker, callee);
  if (imported) {
    if (imported.module === 'timers/promises') return imported.name === 'setInterval' ? imported.name : undefined;
    return imported.module === 'timers' && /^set(Interval|Timeout)$/.test(imported.name) ? imported.name : undefined;
  }
  const name = callee.getText().replace(/^(globalThis|global)\./, '');
  return /^set(Interval|Timeout)$/.test(name) ? name : undefined;
}

/** A pause that is awaited, a deadline that is cleared where it was set, or the last resort of a shutdown. */
function isHarmless(call: ts.CallExpression): boolean {
  if (/process\.exit/.test(call.arguments[0]?.getText() ?? '')) return true;
  for (let at: ts.Node = call; at.parent; at = at.parent) {
    if (ts.isNewExpression(at.parent) && at.parent.expression.getText() === 'Promise') return true;
    if (ts.isFunctionLike(at.parent) && !(ts.isArrowFunction(at.parent) && ts.isNewExpression(at.parent.parent))) break;
  }
  const timer = call.parent;
  if (!ts.isVariableDeclaration(timer)) return false;
  return new RegExp(`clearTimeout\\(\\s*${timer.name.getText()}\\b`).test(functionAround(call)?.getText() ?? '');
}
