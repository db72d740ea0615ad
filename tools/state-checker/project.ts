import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** A compiled project: what the rules ask about it. */
export interface Project {
  root: string;
  checker: ts.TypeChecker;
  /** The files that run in production. */
  sources: ts.SourceFile[];
}

const CONFIGS = ['tsconfig.build.json', 'tsconfig.app.json', 'tsconfig.json'];
const NOT_PRODUCT = /(\.(spec|e2e-spec|test|contract)\.[cm]?tsx?$)|(\/memory-[^/]*\.ts$)|(\/node_modules\/)|(\.d\.[cm]?ts$)/;

/** Loads the project in `folder` (or of the given tsconfig file). Type errors do not matter: the rules need only symbols. */
export function loadProject(folder: string, tsconfig?: string): Project {
  const root = path.resolve(folder);
  const config = tsconfig ? path.resolve(tsconfig) : CONFIGS.map((name) => path.join(root, name)).find((file) => existsSync(file));
  if (!config || !statSync(config).isFile()) throw new Error(`no ${CONFIGS.join(', ')} in ${root}: give one with --project`);
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (problem: ts.Diagnostic) => fail(problem) };
  const parsed = ts.getParsedCommandLineOfConfigFile(config, { noEmit: true }, host);
  if (!parsed) throw new Error(`${config} cannot be read`);
  const program = ts.createProgram(parsed.fileNames, parsed.options);
  const sources = program.getSourceFiles().filter((file) => !NOT_PRODUCT.test(file.fileName));
  if (sources.length === 0) throw new Error(`${config} names no source files`);
  return { root, checker: program.getTypeChecker(), sources };
}

function fail(problem: ts.Diagnostic): never {
  throw new Error(ts.flattenDiagnosticMessageText(problem.messageText, ' '));
}

/** Visits every node below `node`, itself included. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}
