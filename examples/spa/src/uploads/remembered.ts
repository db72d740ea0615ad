import type { UploadState } from '@stateless-backend/client';

/** An upload that was under way when the page went away: all but the file's bytes. */
export interface Remembered extends UploadState {
  name: string;
}

const keyOf = (userId: string): string => `uploads:${userId}`;

/** What survives a reload. Kept per user; a file is recognised by name, size and time of change. */
export class RememberedUploads {
  constructor(private readonly userId: string) {}

  all(): Remembered[] {
    try {
      return JSON.parse(localStorage.getItem(keyOf(this.userId)) ?? '[]') as Remembered[];
    } catch {
      return [];
    }
  }

  keep(upload: Remembered): void {
    this.write([...this.all().filter(({ documentId }) => documentId !== upload.documentId), upload]);
  }

  forget(documentId: string): void {
    this.write(this.all().filter((upload) => upload.documentId !== documentId));
  }

  private write(uploads: Remembered[]): void {
    if (uploads.length === 0) localStorage.removeItem(keyOf(this.userId));
    else localStorage.setItem(keyOf(this.userId), JSON.stringify(uploads));
  }
}

export const isSameFile = (file: File, { name, size, lastModified }: Remembered): boolean =>
  file.name === name && file.size === size && (lastModified === undefined || file.lastModified === lastModified);
