import ts from 'typescript';
import type { Finding } from './findings.js';
import { functionAround, nameOf } from './functions.js';
import { walk, type Project } from './project.js';
import { importedBy } from './symbols.js';

const WRITES =
  /^(writeFile|appendFile|write|writev|createWriteStream|mkdir|mkdirp|mkdtemp|mkdtempDisposable|copyFile|cp|copy|rename|move|rm|unlink|rmdir|remove|truncate|symlink|link|utimes|output\w+|ensure\w+|writeJson|emptyDir)(Sync)?$/;
const FILES = /^(fs|fs\/promises|fs-extra|graceful-fs|memfs)$/;
const OTHERS = /^(write-file-atomic|tmp|tmp-promise|temp|tempy|tempfile|proper-lockfile|lockfile)$/;

/** Files that a task writes: no other task sees them, and they go when it goes. */
export function localFiles(project: Project): Finding[] {
  const found: Finding[] = [];
  for (const source of project.sources)
    walk(source, (node) => {
      if (!ts.isCallExpression(node)) return;
      const imported = importedBy(project.checker, node.expression);
      if (!imported) return;
      const { module, name } = imported;
      const writes = (FILES.test(module) && (WRITES.test(name) || opensToWrite(name, node))) || OTHERS.test(module);
      if (!writes && !(module === 'os' && name === 'tmpdir')) return;
      const body = functionAround(node);
      found.push({
        node,
        what: `${node.expression.getText()} in ${body ? nameOf(body) : 'module scope'}`,
        why: 'a file on the disk of this task is not there for another one, and gone after a restart',
        advice: 'keep it in S3 or a database, or declare it with @SoftState',
      });
    });
  return found;
}

const opensToWrite = (name: string, call: ts.CallExpression): boolean =>
  /^open(Sync)?$/.test(name) && /['"`](w|a|r\+)/.test(call.arguments[1]?.getText() ?? '');
