import type { Client } from './client.js';
import type { DocumentInput, SignRequest, SignedRequest } from './generated/api.schemas.js';

/** As far as an Uppy 6 is used here. */
interface UppyFile {
  id: string;
  name?: string | null;
  type?: string | null;
  size?: number | null;
  error?: unknown;
  meta: Record<string, unknown>;
}
type Processor = (fileIDs: string[]) => Promise<void>;
interface Uppy {
  getFile(id: string): UppyFile;
  setFileMeta(id: string, meta: Record<string, unknown>): void;
  addPreProcessor(processor: Processor): void;
  removePreProcessor(processor: Processor): void;
  addPostProcessor(processor: Processor): void;
  removePostProcessor(processor: Processor): void;
}
/** Uppy types the arguments of each event; that a file failed is all that is said here. */
type Emit = (event: 'upload-error', file: UppyFile, error: { name: string; message: string }) => void;

const MIB = 2 ** 20;

/** Options for `@uppy/aws-s3` 6: `uppy.use(AwsS3, s3Options(client))`, together with `connectUppy`. */
export const s3Options = (client: Client) => ({
  /** The service signs one PUT up to 64 MiB only. */
  shouldUseMultipart: ({ size }: { size?: number | null }): boolean => (size ?? 0) > 64 * MIB,
  /** S3 takes 10,000 parts. */
  getChunkSize: ({ size }: { size: number }): number => Math.max(16 * MIB, Math.ceil(size / 10_000)),
  generateObjectKey: ({ meta }: { meta: Record<string, unknown> }): string => String(meta['documentId']),
  signRequest: async (request: object): Promise<SignedRequest> => (await client.uploads.sign(request as SignRequest)).data,
});

/**
 * Promises each file to the service before Uppy sends it (its `meta.documentId` tells which document it becomes) and has it
 * verified and published afterwards. A file that is refused fails alone. Gives a function that disconnects.
 */
export function connectUppy(uppy: object, client: Client, labelsOf: (file: UppyFile) => Partial<DocumentInput> = () => ({})): () => void {
  const host = uppy as Uppy & { emit: Emit };
  const each = (step: (file: UppyFile) => Promise<void>): Processor => async (fileIDs) => {
    const carryOut = async (id: string): Promise<void> => {
      const file = host.getFile(id);
      if (!file || file.error) return;
      await step(file).catch((error: Error) => host.emit('upload-error', file, error));
    };
    await Promise.all(fileIDs.map(carryOut));
  };
  const promise = each(async (file) => {
    // A retry goes on with the document that it has.
    if (file.meta['documentId'] !== undefined) return;
    const { name, type, size } = file;
    const { data } = await client.uploads.create({ name: name ?? 'file', contentType: type ?? 'application/octet-stream', size: size ?? 0, ...labelsOf(file) });
    host.setFileMeta(file.id, { documentId: data.document.id });
  });
  const publish = each(async ({ meta }) => void (await client.uploads.complete(String(meta['documentId']))));
  host.addPreProcessor(promise);
  host.addPostProcessor(publish);
  return () => {
    host.removePreProcessor(promise);
    host.removePostProcessor(publish);
  };
}
