import ts from 'typescript';
import type { Finding } from './findings.js';
import type { Lifetime } from './lifetime.js';
import { walk, type Project } from './project.js';
import { STORES } from './stores.js';
import { importedBy } from './symbols.js';

/** Libraries that keep their state in this process unless they are told otherwise. */
export function libraryState(project: Project, lifetime: Lifetime): Finding[] {
  const found: Finding[] = [];
  for (const source of project.sources)
    walk(source, (node) => {
      if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return;
      // `app.register(rateLimit, options)` calls the plugin with the options.
      const [plugin, ...options] = node.arguments ?? [];
      const isPlugin = plugin && ts.isIdentifier(plugin) && /\.(register|use)$/.test(node.expression.getText());
      const finding = isPlugin
        ? judge(project, lifetime, node, plugin, options)
        : judge(project, lifetime, node, node.expression, node.arguments ?? []);
      if (finding) found.push(finding);
    });
  return found;
}

function judge(
  project: Project,
  lifetime: Lifetime,
  call: ts.CallExpression | ts.NewExpression,
  used: ts.Expression,
  options: readonly ts.Expression[],
): Finding | undefined {
  const imported = importedBy(project.checker, used);
  if (!imported) return undefined;
  const text = options.map((option) => optionText(project, option)).join(', ');
  const store = STORES.find(
    ({ module, name, when, onlyLongLived }) =>
      module.test(imported.module) &&
      (name?.test(imported.name) ?? true) &&
      (when?.(text, call) ?? true) &&
      (!onlyLongLived || lifetime.isLongLived(call)),
  );
  return store && { node: call, what: `${used.getText()} (${imported.module})`, why: store.why, advice: store.advice };
}

/** The text of an argument, or of the constant that it names. */
function optionText({ checker }: Project, option: ts.Expression): string {
  if (!ts.isIdentifier(option)) return option.getText();
  const declaration = checker.getSymbolAtLocation(option)?.valueDeclaration;
  const value = declaration && ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  return value?.getText() ?? option.text;
}
