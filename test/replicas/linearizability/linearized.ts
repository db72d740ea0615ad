/**
 * The set of operations linearized so far, with a short name. Answered operations have the ids below `answered` in the order
 * of their starts, so that the set is a prefix plus a few: its name stays short however long the history is.
 */
export class Linearized {
  private readonly members: Uint8Array;
  private readonly beyond = new Set<number>();
  private prefix = 0;
  answeredCount = 0;

  constructor(
    private readonly answered: number,
    size: number,
  ) {
    this.members = new Uint8Array(size);
  }

  /** Adds `id` if `accept` takes the name of the set with it; else leaves the set alone. */
  add(id: number, accept: (name: string) => boolean): boolean {
    this.members[id] = 1;
    this.beyond.add(id);
    if (id < this.answered) this.answeredCount++;
    while (this.prefix < this.answered && this.members[this.prefix] === 1) this.beyond.delete(this.prefix++);
    if (accept(this.name())) return true;
    this.remove(id);
    return false;
  }

  remove(id: number): void {
    this.members[id] = 0;
    this.beyond.delete(id);
    if (id < this.answered) this.answeredCount--;
    while (this.prefix > id) {
      this.prefix--;
      if (this.members[this.prefix] === 1) this.beyond.add(this.prefix);
    }
  }

  private name(): string {
    return `${this.prefix}:${[...this.beyond].sort((a, b) => a - b).join()}`;
  }
}
