import ts from 'typescript';
import { walk } from './project.js';

/** One place that changes something. */
export interface Mutation {
  node: ts.Node;
  target: ts.Expression;
  /** The target itself gets another value, rather than something inside it changing. */
  reassigns: boolean;
  verb: string;
}

const CHANGES =
  /^(set|add|push|unshift|splice|pop|shift|delete|clear|sort|reverse|fill|copyWithin|append|next|write\w*|enqueue|dequeue|put|del|remove|insert|mset|setex|incr\w*|decr\w*)$/;
/** With no type to go by (a library that is not installed) only the names that hardly mean anything else. */
const CHANGES_OF_UNKNOWN = /^(set|add|push|unshift|splice)$/;
const COLLECTION =
  /^(Map|Set|WeakMap|WeakSet|Array|ArrayBuffer|DataView|Buffer|\w+Array|URLSearchParams|Headers|Generator|AsyncGenerator|Iterator|\w*Iterator\w*)$/;
const COLLECTION_OF_LIBRARY = /cache|lru|map|set|queue|store|list|heap|trie|deque|stack|filter|keyv|counter|histogram/i;
const STEPS = new Set([ts.SyntaxKind.PlusPlusToken, ts.SyntaxKind.MinusMinusToken]);

export function mutationsIn(source: ts.SourceFile, checker: ts.TypeChecker): Mutation[] {
  const found: Mutation[] = [];
  const add = (node: ts.Node, target: ts.Expression, verb: string, reassigns = false) =>
    found.push({ node, target, verb, reassigns });
  walk(source, (node) => {
    if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind))
      assigned(node.left).forEach((target) => add(node, target, 'is assigned', true));
    else if ((ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) && STEPS.has(node.operator))
      add(node, node.operand, 'is counted', true);
    else if (ts.isDeleteExpression(node)) add(node, node.expression, 'loses members', true);
    else if ((ts.isForOfStatement(node) || ts.isForInStatement(node)) && ts.isExpression(node.initializer))
      add(node, node.initializer, 'is assigned', true);
    else if (ts.isCallExpression(node)) called(node, checker, add);
  });
  return found;
}

const isAssignment = (kind: ts.SyntaxKind): boolean =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;

/** `[a, b.c] = …` and `({ x: this.y } = …)` assign several at once. */
function assigned(target: ts.Expression): ts.Expression[] {
  if (ts.isParenthesizedExpression(target)) return assigned(target.expression);
  if (ts.isArrayLiteralExpression(target)) return target.elements.flatMap(assigned);
  if (ts.isSpreadElement(target)) return assigned(target.expression);
  if (ts.isBinaryExpression(target)) return assigned(target.left);
  if (!ts.isObjectLiteralExpression(target)) return ts.isOmittedExpression(target) ? [] : [target];
  return target.properties.flatMap((property) => {
    if (ts.isPropertyAssignment(property)) return assigned(property.initializer);
    if (ts.isShorthandPropertyAssignment(property)) return [property.name];
    return ts.isSpreadAssignment(property) ? assigned(property.expression) : [];
  });
}

function called(
  node: ts.CallExpression,
  checker: ts.TypeChecker,
  add: (node: ts.Node, target: ts.Expression, verb: string) => void,
): void {
  if (!ts.isPropertyAccessExpression(node.expression)) return;
  const { expression: receiver, name } = node.expression;
  const first = node.arguments[0];
  if (/^(Object\.(assign|definePropert(y|ies)|setPrototypeOf)|Reflect\.(set|deleteProperty|defineProperty))$/.test(node.expression.getText()))
    return first && add(node, first, 'gets members');
  if (/^(test|exec)$/.test(name.text) && typeName(checker, receiver) === 'RegExp') return add(node, receiver, 'keeps lastIndex');
  const isUnknown = isAny(checker, receiver);
  if ((isUnknown ? CHANGES_OF_UNKNOWN : CHANGES).test(name.text) && isCollection(checker, receiver))
    add(node, receiver, /^(delete|clear|pop|shift|del|remove)$/.test(name.text) ? 'shrinks' : 'grows');
}

const typeName = (checker: ts.TypeChecker, node: ts.Expression): string | undefined => {
  const type = checker.getNonNullableType(checker.getTypeAtLocation(node));
  return (type.isIntersection() ? type.types[0] : type)?.getSymbol()?.name;
};

const isAny = (checker: ts.TypeChecker, node: ts.Expression): boolean =>
  (checker.getTypeAtLocation(node).flags & ts.TypeFlags.Any) !== 0;

/** A built-in collection, a library's that is named like one, or something of unknown type (library not installed). */
export function isCollection(checker: ts.TypeChecker, node: ts.Expression): boolean {
  const type = checker.getNonNullableType(checker.getTypeAtLocation(node));
  if (isAny(checker, node)) return true;
  const candidates = type.isUnionOrIntersection() ? type.types : [type];
  return candidates.some((candidate) => {
    const symbol = candidate.getSymbol();
    const declaration = symbol?.declarations?.[0];
    if (!symbol || !declaration) return false;
    if (COLLECTION.test(symbol.name)) return true;
    const isLibrary = declaration.getSourceFile().fileName.includes('/node_modules/');
    return isLibrary && ts.isClassLike(declaration) && COLLECTION_OF_LIBRARY.test(symbol.name);
  });
}
