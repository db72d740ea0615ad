import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Descriptions } from './descriptions.js';
import type { CorsRule, Part, Piece, StoredObject, Upload } from './objects.js';

const partName = ({ uploadId, number }: Part): string => `${uploadId} ${number}`;

/**
 * One bucket on disk: bytes in files, descriptions as JSON, an index of those in memory. The index changes at once, so that
 * of two conditional writes one sees the other; bytes that nothing describes after a crash are removed at the next start.
 */
export class Bucket {
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, Upload>();
  private readonly parts = new Map<string, Map<number, Part>>();
  cors: CorsRule[] = [];

  private constructor(
    private readonly folder: string,
    private readonly stored: {
      objects: Descriptions<StoredObject>;
      uploads: Descriptions<Upload>;
      parts: Descriptions<Part>;
      settings: Descriptions<CorsRule[]>;
    },
  ) {}

  static async open(folder: string): Promise<Bucket> {
    await mkdir(join(folder, 'bytes'), { recursive: true });
    const bucket = new Bucket(folder, {
      objects: await Descriptions.open(join(folder, 'objects')),
      uploads: await Descriptions.open(join(folder, 'uploads')),
      parts: await Descriptions.open(join(folder, 'parts')),
      settings: await Descriptions.open(join(folder, 'settings')),
    });
    await bucket.load();
    return bucket;
  }

  fileOf(name: string): string {
    return join(this.folder, 'bytes', name);
  }

  /** Makes an object visible, and durable before it resolves. The bytes of one that it replaces are removed. */
  async put(object: StoredObject): Promise<void> {
    const { key, pieces } = object;
    const previous = this.objects.get(key);
    this.objects.set(key, object);
    try {
      await this.stored.objects.save(key, object);
    } catch (error) {
      if (this.objects.get(key) === object) this.restore(key, previous);
      throw error;
    }
    if (previous && previous.pieces !== pieces) await this.discard(previous.pieces);
  }

  private restore(key: string, previous: StoredObject | undefined): void {
    if (previous) this.objects.set(key, previous);
    else this.objects.delete(key);
  }

  async remove(key: string): Promise<void> {
    const object = this.objects.get(key);
    if (!object) return;
    this.objects.delete(key);
    await this.stored.objects.remove(key);
    await this.discard(object.pieces);
  }

  async discard(pieces: Piece[]): Promise<void> {
    for (const { name } of pieces) await rm(this.fileOf(name), { force: true });
  }

  async startUpload(upload: Upload): Promise<void> {
    await this.stored.uploads.save(upload.id, upload);
    this.uploads.set(upload.id, upload);
  }

  partsOf({ id }: Upload): Part[] {
    return [...(this.parts.get(id)?.values() ?? [])].sort((a, b) => a.number - b.number);
  }

  async putPart(part: Part): Promise<void> {
    const parts = this.parts.get(part.uploadId) ?? new Map<number, Part>();
    this.parts.set(part.uploadId, parts);
    const previous = parts.get(part.number);
    parts.set(part.number, part);
    await this.stored.parts.save(partName(part), part);
    if (previous) await this.discard([previous]);
  }

  /** Forgets an upload with all its parts, and removes the bytes of those that no object took over. */
  async endUpload(upload: Upload, taken: Piece[] = []): Promise<void> {
    const parts = this.partsOf(upload);
    this.uploads.delete(upload.id);
    this.parts.delete(upload.id);
    await this.stored.uploads.remove(upload.id);
    for (const part of parts) await this.stored.parts.remove(partName(part));
    const kept = new Set(taken.map(({ name }) => name));
    await this.discard(parts.filter(({ name }) => !kept.has(name)));
  }

  async saveCors(rules: CorsRule[]): Promise<void> {
    await this.stored.settings.save('cors', rules);
    this.cors = rules;
  }

  /** Keys in UTF-8 order, as S3 lists them. */
  keys(prefix: string): string[] {
    const found = [...this.objects.keys()].filter((key) => key.startsWith(prefix));
    return found.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  private async load(): Promise<void> {
    for (const object of await this.stored.objects.all()) this.objects.set(object.key, object);
    for (const upload of await this.stored.uploads.all()) this.uploads.set(upload.id, upload);
    for (const part of await this.stored.parts.all()) {
      this.parts.set(part.uploadId, (this.parts.get(part.uploadId) ?? new Map<number, Part>()).set(part.number, part));
    }
    this.cors = (await this.stored.settings.all())[0] ?? [];
    await this.removeDebris();
  }

  /** A crash came between two steps: uploads whose parts an object took over already, parts of no upload, bytes of neither. */
  private async removeDebris(): Promise<void> {
    const taken = [...this.objects.values()].flatMap(({ pieces }) => pieces);
    const names = new Set(taken.map(({ name }) => name));
    for (const [id, parts] of this.parts) {
      const upload = this.uploads.get(id);
      const isTaken = [...parts.values()].some(({ name }) => names.has(name));
      if (!upload || isTaken) await this.endUpload(upload ?? ({ id } as Upload), taken);
    }
    for (const parts of this.parts.values()) for (const { name } of parts.values()) names.add(name);
    for (const name of await readdir(join(this.folder, 'bytes'))) {
      if (!names.has(name)) await rm(this.fileOf(name), { force: true });
    }
  }
}
