import path from 'node:path';
import ts from 'typescript';
import type { Project } from './project.js';

export interface Finding {
  /** Where it must be changed or declared. */
  node: ts.Node;
  /** `CartService.items`. */
  what: string;
  why: string;
  advice: string;
}

export function placeOf(project: Project, node: ts.Node): { file: string; line: number } {
  const source = node.getSourceFile();
  const { line } = source.getLineAndCharacterOfPosition(node.getStart());
  return { file: path.relative(project.root, source.fileName).split(path.sep).join('/'), line: line + 1 };
}

export function describe(project: Project, { node, what, why, advice }: Finding): string {
  const { file, line } = placeOf(project, node);
  return `${file}:${line} ${what}: ${why}; ${advice}`;
}
