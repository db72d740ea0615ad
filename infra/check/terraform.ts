import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
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
    return counted(this.run('test', '-no-color', ...words));
  }

  /** Every file of `tests`, one on each core: each run spends most of its time on the provider's schema. */
  async testAll(): Promise<Outcome> {
    const files = readdirSync(join(this.directory, 'tests')).filter((name) => name.endsWith('.tftest.hcl'));
    const outcomes: Outcome[] = [];
    const worker = async (): Promise<void> => {
      for (let file = files.pop(); file !== undefined; file = files.pop()) outcomes.push(await this.testFile(`tests/${file}`));
    };
    await Promise.all(Array.from({ length: availableParallelism() }, worker));
    const count = outcomes.reduce((sum, outcome) => sum + (outcome.count ?? 0), 0);
    return { ok: outcomes.length > 0 && outcomes.every(({ ok }) => ok), output: outcomes.map(({ output }) => output).join('\n'), count };
  }

  private testFile(file: string): Promise<Outcome> {
    return new Promise((resolve) => {
      execFile('terraform', ['test', '-no-color', `-filter=${file}`], { cwd: this.directory, encoding: 'utf8', env: quiet() }, (error, stdout, stderr) =>
        resolve(counted({ ok: error === null, output: stdout + stderr })),
      );
    });
  }

  end(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A test that ran nothing did not pass. */
function counted(outcome: Outcome): Outcome {
  const [, count = '0'] = /(\d+) passed/.exec(outcome.output) ?? [];
  return { ...outcome, ok: outcome.ok && Number(count) > 0, count: Number(count) };
}

/** Asks nobody for newer versions, and reads no configuration of the machine's: it may name a file that is not there. */
function quiet(): NodeJS.ProcessEnv {
  const { TF_CLI_CONFIG_FILE: _, ...env } = process.env;
  return { GOGC: '400', ...env, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' };
}
