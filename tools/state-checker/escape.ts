import ts from 'typescript';
import { functionAround, type Body } from './functions.js';
import { walk, type Project } from './project.js';
import { symbolOf } from './symbols.js';

/** Whether the closure inside `home` that `node` is in can still run when `home` has returned. */
export function escapes(project: Project, node: ts.Node, home: Body, asked = new Set<Body>()): boolean {
  for (let body = functionAround(node); body && body !== home; body = functionAround(body)) {
    if (asked.has(body)) return false;
    asked.add(body);
    if (isExitHandler(body)) return false;
    if (!isLocalFunction(body) || leaves(project, body, home, asked)) return true;
  }
  return false;
}

/** `function next() {…}` or `const next = () => …`: known by its name only. */
const isLocalFunction = (body: Body): boolean => ts.isFunctionDeclaration(body) || ts.isVariableDeclaration(body.parent);

function leaves(project: Project, body: Body, home: Body, asked: Set<Body>): boolean {
  const name = ts.isFunctionDeclaration(body) ? body.name : (body.parent as ts.VariableDeclaration).name;
  const symbol = name && symbolOf(project.checker, name);
  if (!symbol) return true;
  let found = false;
  walk(home, (node) => {
    if (found || !ts.isIdentifier(node) || node === name || symbolOf(project.checker, node) !== symbol) return;
    const isCalled = ts.isCallExpression(node.parent) && node.parent.expression === node;
    const caller = functionAround(node);
    found = !isCalled || (caller !== home && caller !== body && escapes(project, node, home, asked));
  });
  return found;
}

/** `process.on('SIGTERM', …)`, or a function that ends the process: what it changes ends with it. */
function isExitHandler(body: Body): boolean {
  const call = body.parent;
  if (/\bprocess\.exit\(/.test(body.getText())) return true;
  return ts.isCallExpression(call) && /^process\.(on|once)$/.test(call.expression.getText());
}
