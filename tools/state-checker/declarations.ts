import ts from 'typescript';
import type { Finding } from './findings.js';
import { nameOf } from './functions.js';
import { walk, type Project } from './project.js';
import { decoratorsOf } from './symbols.js';

export const MEMBERS = ['holds', 'bound', 'maxAge', 'ifLost'] as const;
export type Declaration = Record<(typeof MEMBERS)[number], string> & { name: string; node: ts.Node };

/** All declarations of a project, by `@SoftState({…})` on a class or `@softState holds=…; …` in a doc comment. */
export function declarationsIn(project: Project): Map<ts.Node, Declaration> {
  const found = new Map<ts.Node, Declaration>();
  for (const source of project.sources)
    walk(source, (node) => {
      const members = fromDecorator(node) ?? fromComment(node);
      if (members) found.set(node, { name: labelOf(node), node, ...members });
    });
  return found;
}

/** The declaration that covers `node`: on itself, or on the function, method or class that it is in. */
export function declarationFor(declarations: Map<ts.Node, Declaration>, node: ts.Node): Declaration | undefined {
  for (let at: ts.Node | undefined = node; at; at = at.parent) {
    const declaration = declarations.get(at);
    if (declaration) return declaration;
  }
  return undefined;
}

export function incomplete(declarations: Iterable<Declaration>): Finding[] {
  return [...declarations].flatMap((declaration) => {
    const missing = MEMBERS.filter((member) => declaration[member].trim() === '');
    if (missing.length === 0) return [];
    const why = `its declaration does not say ${missing.join(', ')}`;
    return [{ node: declaration.node, what: declaration.name, why, advice: 'say it in plain words' }];
  });
}

type Members = Record<(typeof MEMBERS)[number], string>;

function fromDecorator(node: ts.Node): Members | undefined {
  if (!ts.isClassLike(node)) return undefined;
  const call = decoratorsOf(node).find(({ name }) => name === 'SoftState')?.call;
  if (!call) return undefined;
  const members: Members = { holds: '', bound: '', maxAge: '', ifLost: '' };
  const [object] = call.arguments;
  if (!object || !ts.isObjectLiteralExpression(object)) return members;
  for (const property of object.properties) {
    if (!ts.isPropertyAssignment(property)) continue;
    const key = MEMBERS.find((member) => member === property.name.getText());
    if (key) members[key] = textOf(property.initializer);
  }
  return members;
}

function textOf(value: ts.Expression): string {
  if (ts.isStringLiteralLike(value)) return value.text;
  if (ts.isBinaryExpression(value)) return textOf(value.left) + textOf(value.right);
  return value.getText().replace(/^`|`$/g, '');
}

function fromComment(node: ts.Node): Members | undefined {
  if (!ts.isVariableStatement(node) && !ts.isFunctionLike(node) && !ts.isClassElement(node) && !ts.isExpressionStatement(node)) return undefined;
  const tag = ts.getJSDocTags(node).find(({ tagName }) => tagName.text === 'softState' || tagName.text === 'SoftState');
  if (!tag || tag.parent.parent !== node) return undefined;
  const members: Members = { holds: '', bound: '', maxAge: '', ifLost: '' };
  for (const part of (ts.getTextOfJSDocComment(tag.comment) ?? '').split(';')) {
    const [key, ...value] = part.split('=');
    const member = MEMBERS.find((one) => one === key?.trim());
    if (member) members[member] = value.join('=').replace(/\s+/g, ' ').trim();
  }
  return members;
}

function labelOf(node: ts.Node): string {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.map(({ name }) => name.getText()).join(', ');
  if (ts.isExpressionStatement(node)) return node.getText().split('\n')[0]!.slice(0, 60);
  return nameOf(node);
}
