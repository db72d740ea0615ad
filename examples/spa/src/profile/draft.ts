interface Kept<B extends { values: object }> {
  /** What the typing began from, so that a later save can tell who changed what. */
  base: B;
  values: B['values'];
}

/** What is typed and not saved yet, on this device. */
export class Draft<B extends { values: object }> {
  private readonly key: string;

  constructor(name: string) {
    this.key = `draft:${name}`;
  }

  read(): Kept<B> | undefined {
    try {
      return (JSON.parse(localStorage.getItem(this.key) ?? 'null') as Kept<B> | null) ?? undefined;
    } catch {
      return undefined;
    }
  }

  write(kept: Kept<B>): void {
    localStorage.setItem(this.key, JSON.stringify(kept));
  }

  forget(): void {
    localStorage.removeItem(this.key);
  }
}
