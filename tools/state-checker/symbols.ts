import ts from 'typescript';

/** What a name was imported from: `import { writeFile as w } from 'node:fs'` → `{module: 'fs', name: 'writeFile'}`. */
export interface Imported {
  module: string;
  name: string;
}

/** The symbol that an expression names, through import aliases. */
export function symbolOf(checker: ts.TypeChecker, node: ts.Node): ts.Symbol | undefined {
  const shorthand = node.parent && ts.isShorthandPropertyAssignment(node.parent);
  const symbol = shorthand ? checker.getShorthandAssignmentValueSymbol(node.parent) : checker.getSymbolAtLocation(node);
  if (!symbol) return undefined;
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

export function declarationOf(checker: ts.TypeChecker, node: ts.Node): ts.Declaration | undefined {
  const symbol = symbolOf(checker, node);
  return symbol?.valueDeclaration ?? symbol?.declarations?.[0];
}

/** Works on the import itself, so that a library without types, or not installed, is known all the same. */
export function importedBy(checker: ts.TypeChecker, expression: ts.Node): Imported | undefined {
  if (ts.isPropertyAccessExpression(expression)) {
    const owner = importedBy(checker, expression.expression);
    return owner && { module: owner.module, name: expression.name.text };
  }
  if (ts.isCallExpression(expression)) return required(expression);
  if (!ts.isIdentifier(expression)) return undefined;
  const declaration = checker.getSymbolAtLocation(expression)?.declarations?.[0];
  if (!declaration) return undefined;
  if (ts.isVariableDeclaration(declaration) && declaration.initializer) return required(declaration.initializer);
  if (ts.isBindingElement(declaration) && ts.isVariableDeclaration(declaration.parent.parent)) {
    const source = declaration.parent.parent.initializer && required(declaration.parent.parent.initializer);
    return source && { module: source.module, name: (declaration.propertyName ?? declaration.name).getText() };
  }
  const module = moduleOf(declaration);
  if (module === undefined) return undefined;
  if (ts.isImportSpecifier(declaration)) return { module, name: (declaration.propertyName ?? declaration.name).text };
  return { module, name: 'default' };
}

function moduleOf(declaration: ts.Node): string | undefined {
  if (ts.isImportEqualsDeclaration(declaration) && ts.isExternalModuleReference(declaration.moduleReference))
    return specifier(declaration.moduleReference.expression);
  for (let node: ts.Node = declaration; node; node = node.parent) {
    if (ts.isImportDeclaration(node)) return specifier(node.moduleSpecifier);
    if (ts.isStatement(node)) return undefined;
  }
  return undefined;
}

function required(expression: ts.Expression): Imported | undefined {
  if (!ts.isCallExpression(expression) || expression.expression.getText() !== 'require') return undefined;
  const module = expression.arguments[0] && specifier(expression.arguments[0]);
  return module === undefined ? undefined : { module, name: 'default' };
}

const specifier = (node: ts.Node): string | undefined =>
  ts.isStringLiteralLike(node) ? node.text.replace(/^node:/, '') : undefined;

/** Name and arguments of each decorator of a class, a member or a parameter. */
export function decoratorsOf(node: ts.Node): { name: string; call: ts.CallExpression | undefined }[] {
  const decorators = ts.canHaveDecorators(node) ? (ts.getDecorators(node) ?? []) : [];
  return decorators.map(({ expression }) => {
    const call = ts.isCallExpression(expression) ? expression : undefined;
    const name = call ? call.expression : expression;
    return { name: ts.isPropertyAccessExpression(name) ? name.name.text : name.getText(), call };
  });
}
