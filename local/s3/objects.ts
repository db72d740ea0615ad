import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** An object as S3 would describe it; `file` holds its bytes. */
export interface StoredObject {
  key: string;
  file: string;
  size: number;
  etag: string;
  lastModified: string;
  checksums: Record<string, string>;
  checksumType: 'FULL_OBJECT' | 'COMPOSITE';
  headers: Record<string, string>;
  tags: Record<string, string>;
}

export interface Part {
  number: number;
  file: string;
  size: number;
  etag: string;
  checksums: Record<string, string>;
  lastModified: string;
}

export interface Upload {
  id: string;
  key: string;
  initiated: string;
  headers: Record<string, string>;
  tags: Record<string, string>;
  algorithm?: string;
  checksumType?: 'FULL_OBJECT' | 'COMPOSITE';
  parts: Record<string, Part>;
}

export interface CorsRule {
  origins: string[];
  methods: string[];
  headers: string[];
  exposed: string[];
  maxAge?: number;
}

/** One bucket on disk: bytes in files, descriptions as JSON beside them, an index in memory. Every write is a rename. */
export class Bucket {
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, Upload>();
  cors: CorsRule[] = [];

  private constructor(readonly folder: string) {}

  static async open(folder: string): Promise<Bucket> {
    const bucket = new Bucket(folder);
    for (const kind of ['objects', 'uploads', 'bytes']) await mkdir(join(folder, kind), { recursive: true });
    for (const object of await readAll<StoredObject>(join(folder, 'objects'))) bucket.objects.set(object.key, object);
    for (const upload of await readAll<Upload>(join(folder, 'uploads'))) bucket.uploads.set(upload.id, upload);
    bucket.cors = await readFile(join(folder, 'cors.json'), 'utf8').then((text) => JSON.parse(text) as CorsRule[], () => []);
    await bucket.removeDebris();
    return bucket;
  }

  get bytes(): string {
    return join(this.folder, 'bytes');
  }

  async put(object: StoredObject): Promise<void> {
    const previous = this.objects.get(object.key);
    this.objects.set(object.key, object);
    await this.write(this.fileOf('objects', object.key), object);
    if (previous && previous.file !== object.file) await rm(previous.file, { force: true });
  }

  async remove(key: string): Promise<void> {
    const object = this.objects.get(key);
    if (!object) return;
    this.objects.delete(key);
    await rm(this.fileOf('objects', key), { force: true });
    await rm(object.file, { force: true });
  }

  async saveUpload(upload: Upload): Promise<void> {
    this.uploads.set(upload.id, upload);
    await this.write(this.fileOf('uploads', upload.id), upload);
  }

  /** Forgets an upload and removes its parts. */
  async removeUpload(upload: Upload): Promise<void> {
    this.uploads.delete(upload.id);
    await rm(this.fileOf('uploads', upload.id), { force: true });
    for (const part of Object.values(upload.parts)) await rm(part.file, { force: true });
  }

  async saveCors(rules: CorsRule[]): Promise<void> {
    this.cors = rules;
    await this.write(join(this.folder, 'cors.json'), rules);
  }

  /** Keys in UTF-8 order, as S3 lists them. */
  keys(prefix: string): string[] {
    const found = [...this.objects.keys()].filter((key) => key.startsWith(prefix));
    return found.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  private fileOf(kind: string, name: string): string {
    return join(this.folder, kind, `${createHash('sha256').update(name).digest('hex')}.json`);
  }

  private async write(file: string, content: unknown): Promise<void> {
    const fresh = `${file}.${randomUUID()}`;
    await writeFile(fresh, JSON.stringify(content));
    await rename(fresh, file);
  }

  /** Bytes that nothing describes: a crash came between the two. */
  private async removeDebris(): Promise<void> {
    const parts = [...this.uploads.values()].flatMap((upload) => Object.values(upload.parts));
    const used = new Set([...this.objects.values(), ...parts].map(({ file }) => file));
    for (const name of await readdir(this.bytes)) {
      const file = join(this.bytes, name);
      if (!used.has(file)) await rm(file, { force: true });
    }
  }
}

async function readAll<T>(folder: string): Promise<T[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as T));
}
