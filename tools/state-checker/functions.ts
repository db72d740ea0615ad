import ts from 'typescript';

export type Body = ts.FunctionLikeDeclaration | ts.ClassStaticBlockDeclaration;

/** Calls that run the function they are given before they return, or as a step of the caller's own work. */
const RUNS_AT_ONCE =
  /^(forEach|map|flatMap|filter|find|findLast|findIndex|some|every|reduce|reduceRight|sort|toSorted|from|replace|replaceAll|then|catch|finally|all|allSettled|race|register|after|ready)$/;

/** Hooks of Fastify that run while routes are made and the server starts or stops, never for a request. */
const START_HOOK = /\.addHook ['"`](onRoute|onRegister|onReady|onListen|preClose|onClose)['"`]$/;

export function isBody(node: ts.Node): node is Body {
  return (ts.isFunctionLike(node) && 'body' in node) || ts.isClassStaticBlockDeclaration(node);
}

/** `list.forEach((x) => …)`, `(() => …)()` and `new Promise((resolve) => …)` belong to the function around them. */
export function runsAtOnce(node: Body): boolean {
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return ts.isClassStaticBlockDeclaration(node);
  let parent = node.parent;
  while (ts.isParenthesizedExpression(parent)) parent = parent.parent;
  if (ts.isNewExpression(parent)) return parent.expression.getText() === 'Promise';
  if (!ts.isCallExpression(parent)) return false;
  if (!(parent.arguments as readonly ts.Node[]).includes(node)) return true;
  const callee = parent.expression;
  if (START_HOOK.test(`${callee.getText()} ${parent.arguments[0]?.getText()}`)) return true;
  return RUNS_AT_ONCE.test(ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText());
}

/** The function whose run `node` is part of; undefined at the top of a module and in a field's initial value. */
export function functionAround(node: ts.Node): Body | undefined {
  for (let at = node; at.parent; at = at.parent) {
    const parent: ts.Node = at.parent;
    // Decorators and computed names run when the class is made, not when the method is called.
    if (ts.isDecorator(at)) return ts.isClassLike(parent) ? functionAround(parent) : functionAround(classAround(parent) ?? parent);
    if (ts.isPropertyDeclaration(parent)) return functionAround(parent.parent);
    if (isBody(parent) && !runsAtOnce(parent)) return parent;
  }
  return undefined;
}

/** The class whose field gets `node` as (part of) its initial value. */
export function initialValueOf(node: ts.Node): ts.PropertyDeclaration | undefined {
  for (let at = node; at.parent; at = at.parent) {
    if (ts.isPropertyDeclaration(at.parent) && at.parent.initializer === at) return at.parent;
    if (isBody(at.parent) && !runsAtOnce(at.parent)) return undefined;
  }
  return undefined;
}

export function classAround(node: ts.Node): ts.ClassLikeDeclaration | undefined {
  for (let at: ts.Node | undefined = node.parent; at; at = at.parent) if (ts.isClassLike(at)) return at;
  return undefined;
}

export const isStatic = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword);

/** `Cart.add`, `createLimiter`, … for a message. */
export function nameOf(node: ts.Node): string {
  const owner = classAround(node);
  const prefix = owner && !ts.isVariableDeclaration(node) && !ts.isClassLike(node) ? `${owner.name?.text ?? 'class'}.` : '';
  if (ts.isConstructorDeclaration(node)) return `${prefix}constructor`;
  const name = (node as { name?: ts.Node }).name;
  if (name) return prefix + name.getText();
  const parent = node.parent;
  if (parent && (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent)))
    return prefix + parent.name.getText();
  return owner ? `${owner.name?.text ?? 'class'} (a closure)` : 'a closure';
}
