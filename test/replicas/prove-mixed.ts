import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** A rolling deployment: every other replica runs an earlier build. The last release unless `--ref` names another commit. */
const { values } = parseArgs({
  options: {
    ref: { type: 'string' },
    programs: { type: 'string', default: '60' },
    seed: { type: 'string' },
  },
});

const FOLDER = '.local/previous';

const git = (...args: string[]): string | undefined => {
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return status === 0 ? stdout.trim() : undefined;
};

function run(command: string, args: string[], cwd = '.'): number {
  return spawnSync(command, args, { cwd, stdio: 'inherit' }).status ?? 1;
}

/** Builds what `ref` names beside this checkout, with this checkout's packages; gives its entry. */
function buildOf(ref: string): string | undefined {
  rmSync(FOLDER, { recursive: true, force: true });
  git('worktree', 'prune');
  if (git('worktree', 'add', '--detach', FOLDER, ref) === undefined) return undefined;
  symlinkSync(resolve('node_modules'), join(FOLDER, 'node_modules'));
  const entry = join(FOLDER, 'dist/main.js');
  return run('npm', ['run', '--silent', 'build'], FOLDER) === 0 && existsSync(entry) ? entry : undefined;
}

function main(): number {
  const ref = values.ref ?? git('describe', '--tags', '--abbrev=0', 'HEAD^');
  if (ref === undefined) {
    console.log('Skipped: nothing has been released yet (no tag before this commit), so there is no build to mix with. --ref names one.');
    return 0;
  }
  try {
    const entry = buildOf(ref);
    if (entry === undefined) {
      console.error(`${ref} cannot be built here.`);
      return 1;
    }
    console.log(`Every other replica runs ${ref}.`);
    const seed = values.seed === undefined ? [] : ['--seed', values.seed];
    return run(join('node_modules', '.bin', 'tsx'), ['test/replicas/prove.ts', '--programs', values.programs, '--other-entry', entry, '--replicas', '4', ...seed]);
  } finally {
    git('worktree', 'remove', '--force', FOLDER);
  }
}

process.exitCode = main();
