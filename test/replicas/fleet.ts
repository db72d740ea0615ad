import type { Environment } from '../../local/names.js';
import { Replica } from './replica.js';

export { Replica, type Environment };

/** Several replicas over one cloud; the lone replica of the comparison is a fleet of one. */
export class Fleet {
  kills = 0;
  private readonly slots: (Replica | undefined)[];
  private readonly spares: { entry: string; starting: Promise<Replica> }[] = [];
  private readonly waiting: (() => void)[] = [];
  private started = 0;
  private isStopped = false;

  private constructor(
    size: number,
    private readonly entries: string[],
    private readonly environment: Environment,
  ) {
    this.slots = Array.from({ length: size }, () => undefined);
  }

  /**
   * Several entries are taken in turn: two make a rolling deployment. `spares` are started processes that wait to take a
   * killed one's place, so that the fleet keeps its size.
   */
  static async start(size: number, entry: string | string[], environment: Environment, { spares = 0 } = {}): Promise<Fleet> {
    const fleet = new Fleet(size, [entry].flat(), environment);
    try {
      await Promise.all(fleet.slots.map(async (_, slot) => (fleet.slots[slot] = await fleet.boot(fleet.entryOf(slot)))));
    } catch (error) {
      await fleet.stop();
      throw error;
    }
    for (let i = 0; i < spares; i += 1) fleet.addSpare(fleet.entryOf(i));
    return fleet;
  }

  /** A fleet of a replica that was started elsewhere, and that nobody kills. */
  static of(replica: Replica): Fleet {
    const fleet = new Fleet(1, [], {});
    fleet.slots[0] = replica;
    return fleet;
  }

  /** Processes of the replicas that serve. */
  get pids(): number[] {
    return this.slots.flatMap((replica) => replica?.pid ?? []);
  }

  /** Every killed replica has its successor. */
  get isWhole(): boolean {
    return this.slots.every((replica) => replica !== undefined);
  }

  /** One of the replicas that serve; waits when none does. */
  async pick(choice: number): Promise<Replica> {
    for (;;) {
      const serving = this.slots.filter((replica) => replica !== undefined);
      if (serving.length > 0) return serving[choice % serving.length] as Replica;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /**
   * Takes a replica out of service for whoever is going to kill it, once the requests of others have been answered: what
   * happens to those is not to be left to chance. Its successor starts in the background.
   */
  async claim(choice: number): Promise<Replica> {
    const replica = await this.pick(choice);
    this.vacate(replica);
    await replica.idle();
    return replica;
  }

  /** Kills a replica, in the middle of whatever it does unless it was claimed; its successor starts in the background. */
  kill(replica: Replica): Promise<void> {
    this.vacate(replica);
    this.kills += 1;
    return replica.kill();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    const spares = await Promise.allSettled(this.spares.map(({ starting }) => starting));
    const all = [...this.slots, ...spares.map((spare) => (spare.status === 'fulfilled' ? spare.value : undefined))];
    await Promise.all(all.map(async (replica) => replica?.kill()));
  }

  private vacate(replica: Replica): void {
    const slot = this.slots.indexOf(replica);
    if (slot < 0) return;
    this.slots[slot] = undefined;
    this.fill(slot).catch((error: unknown) => {
      if (this.isStopped) return;
      console.error(error);
      process.exit(2);
    });
  }

  private async fill(slot: number): Promise<void> {
    const entry = this.entryOf(slot);
    const at = this.spares.findIndex((spare) => spare.entry === entry);
    const [spare] = at < 0 ? [] : this.spares.splice(at, 1);
    if (spare) this.addSpare(entry);
    const replica = await (spare?.starting ?? this.boot(entry));
    if (this.isStopped) return replica.kill();
    this.slots[slot] = replica;
    for (const resume of this.waiting.splice(0)) resume();
  }

  private addSpare(entry: string): void {
    const starting = this.boot(entry);
    starting.catch(() => {});
    this.spares.push({ entry, starting });
  }

  private async boot(entry: string): Promise<Replica> {
    this.started += 1;
    const replica = new Replica(`replica ${this.started}`, entry, this.environment);
    await replica.start();
    return replica;
  }

  private entryOf(slot: number): string {
    return this.entries[slot % this.entries.length] ?? '';
  }
}
