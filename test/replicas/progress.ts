import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

const FILE = '.local/prove.json';
/** A killed prover loses no more than what it did within this. Milliseconds. */
const SAVE_MS = 2_000;
const WIDTH = 30;

interface Saved {
  seed: number;
  /** All programs below this one are done. */
  done: number;
}

interface Beginning {
  resume: boolean;
  seed?: string;
  first?: string;
  programs: number;
  isQuiet: boolean;
}

/** How far a run is: on the terminal, and in a file that outlives the prover's own death. */
export class Progress {
  private readonly startedAt = Date.now();
  private savedAt = Date.now();
  private shownAt = 0;

  private constructor(
    readonly seed: number,
    readonly first: number,
    private readonly beginning: Beginning,
  ) {}

  static async begin(beginning: Beginning): Promise<Progress> {
    const saved = beginning.resume ? await savedRun() : undefined;
    const seed = Number(beginning.seed ?? saved?.seed ?? Date.now() % 2 ** 31);
    const isSameRun = saved !== undefined && saved.seed === seed && saved.done < beginning.programs;
    if (beginning.resume && !isSameRun) console.log(`Nothing to resume${saved ? ': the saved run is over, or had another seed' : ''}; starting anew.`);
    return new Progress(seed, Number(beginning.first ?? (isSameRun ? saved.done : 0)), beginning);
  }

  show(done: number, kills: number): void {
    const now = Date.now();
    if (this.beginning.resume && now - this.savedAt > SAVE_MS) {
      this.savedAt = now;
      save({ seed: this.seed, done });
    }
    const { programs, isQuiet } = this.beginning;
    const pause = process.stdout.isTTY ? 200 : 10_000;
    if (isQuiet || (now - this.shownAt < pause && done < programs)) return;
    this.shownAt = now;
    const filled = Math.round((done / programs) * WIDTH);
    const line = `[${'█'.repeat(filled)}${' '.repeat(WIDTH - filled)}] ${done}/${programs} programs, ${kills} kills, ${Math.round((now - this.startedAt) / 1_000)} s`;
    process.stdout.write(process.stdout.isTTY ? `\r${line}${done < programs ? '' : '\n'}` : `${line}\n`);
  }

  /** A finished run leaves nothing to resume. */
  async end(done: number): Promise<void> {
    if (!this.beginning.resume) return;
    if (done >= this.beginning.programs) rmSync(FILE, { force: true });
    else save({ seed: this.seed, done });
  }
}

const savedRun = (): Promise<Saved | undefined> => readFile(FILE, 'utf8').then((text) => JSON.parse(text) as Saved, () => undefined);

/** Whole or not at all, whenever the prover dies. */
function save(state: Saved): void {
  mkdirSync('.local', { recursive: true });
  writeFileSync(`${FILE}.new`, JSON.stringify(state));
  renameSync(`${FILE}.new`, FILE);
}
