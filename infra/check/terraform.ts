import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Outcome {
  ok: boolean;
  output: string;
  /** Test runs that passed. */
  count?: number;
}

/** Terraform, offline, in a copy of a directory: the tree stays as it was. */
export class Terraform {
  readonly directory = mkdtempSync(join(tmpdir(), 'terraform-'));

  constructor(original: string) {
    cpSync(original, this.directory, { recursive: true, filter: (path) => !/\.terraform|\.tfstate|\.build/.test(path) });
  }

  static isInstalled(): boolean {
    return spawnSync('terraform', ['version'], { env: quiet() }).status === 0;
  }

  run(...words: string[]): Outcome {
    const { status, stdout, stderr } = spawnSync('terraform', words, { cwd: this.directory, encoding: 'utf8', env: quiet() });
    return { ok: status === 0, output: `${stdout ?? ''}${stderr ?? ''}` };
  }

  init(root: string, plugins: string): Outcome {
    return this.run(`-chdir=${root}`, 'init', '-backend=false', '-input=false', '-no-color', `-plugin-dir=${plugins}`);
  }

  test(...words: string[]): Outcome {
    const outcome = this.run('test', '-no-color', ...words);
    const [, count = '0'] = /(\d+) passed/.exec(outcome.output) ?? [];
    return { ...outcome, ok: outcome.ok && Number(count) > 0, count: Number(count) };
  }

  end(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Asks nobody for newer versions, and reads no configuration of the machine's: it may name a file that is not there. */
function quiet(): NodeJS.ProcessEnv {
  const { TF_CLI_CONFIG_FILE: _, ...env } = process.env;
  return { ...env, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' };
}
