import ts from 'typescript';
import { isBody } from './functions.js';
import { locationsOf } from './locations.js';
import type { Mutation } from './mutations.js';
import { walk, type Project } from './project.js';
import { declarationOf } from './symbols.js';

interface Argument extends Mutation {
  parameter: ts.ParameterDeclaration;
}

/** `record(this.hits, key)` changes `this.hits` when `record` changes what its first parameter holds. */
export function mutationsByCall(project: Project, mutations: readonly Mutation[]): Mutation[] {
  const changed = new Map<ts.Declaration, string>();
  for (const mutation of mutations) noteParameters(project, mutation, changed);
  let waiting = project.sources.flatMap((source) => argumentsIn(project, source));
  const found: Mutation[] = [];
  for (;;) {
    const now = waiting.filter(({ parameter }) => changed.has(parameter));
    if (now.length === 0) return found;
    waiting = waiting.filter(({ parameter }) => !changed.has(parameter));
    for (const argument of now) {
      const mutation = { ...argument, verb: changed.get(argument.parameter) ?? '' };
      found.push(mutation);
      noteParameters(project, mutation, changed);
    }
  }
}

/** `value = …` changes the parameter's own name only; `value.x = …` and `value.push()` change what the caller gave. */
function noteParameters({ checker }: Project, { target, reassigns, verb }: Mutation, changed: Map<ts.Declaration, string>): void {
  if (reassigns && ts.isIdentifier(target)) return;
  const isMember = ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target);
  for (const place of locationsOf(checker, reassigns && isMember ? target.expression : target))
    if (ts.isParameter(place) && !ts.isParameterPropertyDeclaration(place, place.parent)) changed.set(place, verb);
}

function argumentsIn(project: Project, source: ts.SourceFile): Argument[] {
  const found: Argument[] = [];
  walk(source, (node) => {
    if (!ts.isCallExpression(node)) return;
    const parameters = parametersOf(project, node.expression);
    node.arguments.forEach((target, index) => {
      const parameter = parameters[index];
      if (parameter) found.push({ node, target, parameter, reassigns: false, verb: '' });
    });
  });
  return found;
}

function parametersOf({ checker }: Project, callee: ts.Expression): readonly ts.ParameterDeclaration[] {
  let body: ts.Node | undefined = declarationOf(checker, ts.isPropertyAccessExpression(callee) ? callee.name : callee);
  if (body && ts.isVariableDeclaration(body)) body = body.initializer;
  return body && isBody(body) && !ts.isClassStaticBlockDeclaration(body) ? body.parameters : [];
}
