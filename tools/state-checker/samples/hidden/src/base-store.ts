export abstract class BaseStore<T> {
  private entries: Array<[string, T]> = []; // planted

  protected put(key: string, value: T): void {
    this.entries = [...this.entries, [key, value]];
  }
}
