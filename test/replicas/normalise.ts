const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/gi;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
const SIGNATURE = new Set(['X-Amz-Signature', 'X-Amz-Date', 'X-Amz-Credential', 'X-Amz-Security-Token', 'X-Amz-Expires']);

/**
 * Renames whatever may differ between two right runs of one program: ids, ETags, cursors and tokens become numbered names
 * in the order of their first appearance, times become `time`, and signatures leave presigned addresses.
 */
export class Normaliser {
  private readonly names = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  name(kind: string, value: string): string {
    const known = this.names.get(value);
    if (known) return known;
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    const name = `${kind}${count}`;
    this.names.set(value, name);
    return name;
  }

  text(text: string): string {
    return text.replace(UUID, (id) => this.name('id', id.toLowerCase())).replace(TIME, 'time');
  }

  value(value: unknown, member = ''): unknown {
    if (Array.isArray(value)) return value.map((item) => this.value(item));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).sort(byName).map(([key, inner]) => [key, this.value(inner, key)]));
    }
    if (typeof value !== 'string') return value;
    if (member === 'nextCursor') return this.name('cursor', value);
    if (member === 'token') return this.name('token', value);
    if (member === 'instance') return this.text(value.replace(/\/v1\/shares\/[^/?]+/, '/v1/shares/token'));
    if (/^https?:\/\//.test(value)) return this.address(value);
    return this.text(value);
  }

  private address(address: string): string {
    const url = new URL(address);
    const parameters = [...url.searchParams]
      .map(([key, value]) => `${key}=${SIGNATURE.has(key) ? '…' : key === 'uploadId' ? this.name('upload', value) : this.text(value)}`)
      .sort()
      .join('&');
    const path = url.pathname.replace(/\/v1\/shares\/([^/?]+)/, (_, token: string) => `/v1/shares/${this.name('token', token)}`);
    return `${this.text(path)}?${parameters}`;
  }
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);
