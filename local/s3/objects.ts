/** A file of bytes, by its name in the bucket's folder of bytes: the data folder may be moved. */
export interface Piece {
  name: string;
  size: number;
}

/** An object as S3 would describe it. Its bytes are those of the pieces in turn: completing an upload copies nothing. */
export interface StoredObject {
  key: string;
  pieces: Piece[];
  size: number;
  etag: string;
  lastModified: string;
  checksums: Record<string, string>;
  checksumType: ChecksumType;
  headers: Record<string, string>;
  tags: Record<string, string>;
}

/** FULL_OBJECT: over the bytes. COMPOSITE: over the checksums of the parts. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

export interface Part extends Piece {
  uploadId: string;
  number: number;
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
  checksumType?: ChecksumType;
}

export interface CorsRule {
  origins: string[];
  methods: string[];
  headers: string[];
  exposed: string[];
  maxAge?: number;
}
