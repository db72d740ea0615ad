/** A value object: made, changed and dropped within a request. */
export class Order {
  private readonly lines: { item: string; count: number }[] = [];
  private total = 0;

  add(item: string, price: number): this {
    this.lines.push({ item, count: 1 });
    this.total += price;
    return this;
  }

  toJSON() {
    return { lines: this.lines, total: this.total };
  }
}
