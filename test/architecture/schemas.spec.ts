import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';

const VALIDATED = new Set(['Body', 'Query', 'Param']);

/** `file:line @Decorator()` of every body, query and parameter that names no schema: it would not be validated. */
function bareParameters(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isDecorator(node) && ts.isCallExpression(node.expression) && ts.isIdentifier(node.expression.expression)) {
      const name = node.expression.expression.text;
      const hasSchema = node.expression.arguments.some((argument) => ts.isObjectLiteralExpression(argument) && /\bschema\b/.test(argument.getText()));
      if (VALIDATED.has(name) && !hasSchema) found.push(`${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1} @${name}()`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe('what a client sends', () => {
  it('is always described by a schema', () => {
    const names = readdirSync('src', { recursive: true, encoding: 'utf8' });
    const files = names.filter((name) => name.endsWith('.controller.ts')).map((name) => `src/${name}`);
    expect(files.length).toBeGreaterThan(3);
    expect(files.flatMap((file) => bareParameters(file, readFileSync(file, 'utf8')))).toEqual([]);
  });

  it('is noticed when it is not', () => {
    const text = 'class C { put(@Body() a: string, @Param("id") b: string, @Query({ schema }) c: string) {} }';
    expect(bareParameters('c.ts', text)).toEqual(['c.ts:1 @Body()', 'c.ts:1 @Param()']);
  });
});
