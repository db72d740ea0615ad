import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** JSON documents by name in one folder. Each write is whole or not at all; writes of one name keep their order. */
export class Descriptions<T> {
  private readonly turns = new Map<string, Promise<void>>();

  private constructor(private readonly folder: string) {}

  static async open<T>(folder: string): Promise<Descriptions<T>> {
    await mkdir(folder, { recursive: true });
    return new Descriptions<T>(folder);
  }

  async all(): Promise<T[]> {
    const names = (await readdir(this.folder)).filter((name) => name.endsWith('.json'));
    return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(this.folder, name), 'utf8')) as T));
  }

  save(name: string, content: T): Promise<void> {
    const file = this.fileOf(name);
    return this.inTurn(file, async () => {
      const fresh = `${file}.${randomUUID()}`;
      try {
        await writeFile(fresh, JSON.stringify(content));
        await rename(fresh, file);
      } catch (error) {
        await rm(fresh, { force: true });
        throw error;
      }
    });
  }

  remove(name: string): Promise<void> {
    const file = this.fileOf(name);
    return this.inTurn(file, () => rm(file, { force: true }));
  }

  /** Names may be longer than a file's and mean something to the file system: their hash does neither. */
  private fileOf(name: string): string {
    return join(this.folder, `${createHash('sha256').update(name).digest('hex')}.json`);
  }

  private inTurn(file: string, step: () => Promise<void>): Promise<void> {
    const turn = (this.turns.get(file) ?? Promise.resolve()).then(step, step);
    this.turns.set(file, turn);
    const leave = (): void => {
      if (this.turns.get(file) === turn) this.turns.delete(file);
    };
    turn.then(leave, leave);
    return turn;
  }
}
