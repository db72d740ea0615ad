import ts from 'typescript';
import { isBody } from './functions.js';
import { isCollection } from './mutations.js';
import { declarationOf } from './symbols.js';

/** Calls that hand out what is inside a collection. */
const HANDS_OUT = /^(get|at|find|findLast|values|entries|filter|slice|bind)$/;
const ITERATES = /^(forEach|map|flatMap|filter|find|some|every|reduce)$/;

/**
 * The declarations (variables, fields, parameters) that hold what `expression` names or is a part of: for
 * `this.byUser.get(id).hits` the field `byUser`. Follows aliases, loops and the results of the project's own functions.
 */
export function locationsOf(checker: ts.TypeChecker, expression: ts.Node, depth = 8): ts.Declaration[] {
  if (depth === 0) return [];
  const follow = (node: ts.Node | undefined) => (node ? locationsOf(checker, node, depth - 1) : []);
  if (
    ts.isParenthesizedExpression(expression) || ts.isNonNullExpression(expression) || ts.isAsExpression(expression) ||
    ts.isAwaitExpression(expression) || ts.isSatisfiesExpression(expression) || ts.isTypeAssertionExpression(expression)
  )
    return follow(expression.expression);
  if (ts.isConditionalExpression(expression)) return [...follow(expression.whenTrue), ...follow(expression.whenFalse)];
  if (ts.isBinaryExpression(expression)) return [...follow(expression.left), ...follow(expression.right)];
  if (ts.isElementAccessExpression(expression)) return follow(expression.expression);
  if (ts.isPropertyAccessExpression(expression)) {
    const member = declarationOf(checker, expression.name);
    const inside = isThis(expression.expression) ? [] : follow(expression.expression);
    if (member && isProperty(member)) return [member, ...inside];
    if (member && ts.isGetAccessor(member)) return [...returned(member).flatMap(follow), ...inside];
    return member && ts.isVariableDeclaration(member) ? [member] : inside;
  }
  if (ts.isCallExpression(expression)) return ofCall(checker, expression, follow);
  if (ts.isIdentifier(expression)) return ofName(checker, expression, follow);
  return [];
}

const isThis = (node: ts.Node): boolean => node.kind === ts.SyntaxKind.ThisKeyword;

const isProperty = (node: ts.Declaration): boolean =>
  ts.isPropertyDeclaration(node) || ts.isParameter(node) || ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node);

type Follow = (node: ts.Node | undefined) => ts.Declaration[];

function ofCall(checker: ts.TypeChecker, call: ts.CallExpression, follow: Follow): ts.Declaration[] {
  const callee = call.expression;
  if (ts.isPropertyAccessExpression(callee) && HANDS_OUT.test(callee.name.text) && isCollection(checker, callee.expression))
    return follow(callee.expression);
  let target: ts.Node | undefined = declarationOf(checker, ts.isPropertyAccessExpression(callee) ? callee.name : callee);
  if (target && ts.isVariableDeclaration(target)) target = target.initializer;
  if (!target || !isBody(target) || target.getSourceFile().isDeclarationFile) return [];
  return returned(target).flatMap(follow);
}

function returned(body: ts.SignatureDeclaration | ts.ClassStaticBlockDeclaration): ts.Expression[] {
  const block = (body as { body?: ts.Node }).body;
  if (!block) return [];
  if (!ts.isBlock(block)) return [block as ts.Expression];
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (isBody(node)) return;
    if (ts.isReturnStatement(node) && node.expression) found.push(node.expression);
    ts.forEachChild(node, visit);
  };
  visit(block);
  return found;
}

function ofName(checker: ts.TypeChecker, name: ts.Identifier, follow: Follow): ts.Declaration[] {
  const declaration = declarationOf(checker, name);
  if (!declaration) return [];
  if (ts.isVariableDeclaration(declaration)) return [declaration, ...ofVariable(declaration, follow)];
  if (ts.isParameter(declaration)) return [declaration, ...ofCallback(declaration, follow)];
  if (ts.isBindingElement(declaration)) return ofBinding(checker, declaration, follow);
  return [declaration];
}

function ofVariable(declaration: ts.VariableDeclaration, follow: Follow): ts.Declaration[] {
  if (declaration.initializer) return isBody(declaration.initializer) ? [] : follow(declaration.initializer);
  const loop = declaration.parent.parent;
  return ts.isForOfStatement(loop) ? follow(loop.expression) : [];
}

/** `this.users.forEach((user) => …)`: `user` is a part of `users`. */
function ofCallback(parameter: ts.ParameterDeclaration, follow: Follow): ts.Declaration[] {
  const call = parameter.parent.parent;
  if (!call || !ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return [];
  return ITERATES.test(call.expression.name.text) ? follow(call.expression.expression) : [];
}

/** `const { items } = this` names the field `items`; `const [, hits] = entry` is a part of `entry`. */
function ofBinding(checker: ts.TypeChecker, element: ts.BindingElement, follow: Follow): ts.Declaration[] {
  let top: ts.Node = element;
  while (ts.isBindingElement(top) || ts.isObjectBindingPattern(top) || ts.isArrayBindingPattern(top)) top = top.parent;
  const source = ts.isVariableDeclaration(top) ? (top.initializer ?? loopOf(top)) : undefined;
  const inside = ts.isParameter(top) ? ofCallback(top, follow) : source && !isThis(source) ? follow(source) : [];
  if (!ts.isObjectBindingPattern(element.parent) || !source) return [element, ...inside];
  const key = (element.propertyName ?? element.name).getText();
  const member = checker.getTypeAtLocation(source).getProperty(key)?.valueDeclaration;
  return member && isProperty(member) ? [member, element, ...inside] : [element, ...inside];
}

const loopOf = (variable: ts.VariableDeclaration): ts.Expression | undefined =>
  ts.isForOfStatement(variable.parent.parent) ? variable.parent.parent.expression : undefined;
