import Uppy from '@uppy/core';
import AwsS3 from '@uppy/aws-s3';
import GoldenRetriever from '@uppy/golden-retriever';

/** What a page gives its uploader: an access token and where the API is. */
interface Access {
  apiUrl: string;
  token: string;
}

interface Meta extends Record<string, unknown> {
  documentId?: string;
}

const MIB = 2 ** 20;

/** The same bytes whenever the page asks for them: a counter at the start of each MiB, so that a lost or doubled part shows. */
const bytesOf = (name: string, mib: number): File => {
  const blocks = Array.from({ length: mib }, (_, index) => {
    const block = new Uint8Array(MIB).fill(index % 251);
    new DataView(block.buffer).setUint32(0, index);
    return block;
  });
  return new File(blocks, name, { type: 'application/octet-stream', lastModified: 1_700_000_000_000 });
};

async function call<T>({ apiUrl, token }: Access, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(apiUrl + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return response.json() as Promise<T>;
}

/** Uppy as published: its plugin is told how to sign and which key to ask for, and nothing else. */
function uploader(access: Access): Uppy<Meta> {
  const uppy = new Uppy<Meta>({ id: 'documents', autoProceed: false });
  uppy.use(GoldenRetriever);
  uppy.use(AwsS3, {
    shouldUseMultipart: (file) => (file.size ?? 0) > 64 * MIB,
    getChunkSize: () => 16 * MIB,
    generateObjectKey: (file) => file.meta.documentId as string,
    signRequest: (request) => call(access, 'POST', '/v1/uploads/sign', request),
  });
  uppy.addPreProcessor(async (ids) => {
    for (const file of ids.map((id) => uppy.getFile(id))) {
      if (file.meta.documentId) continue;
      const { name, type: contentType, size } = file;
      const { document } = await call<{ document: { id: string } }>(access, 'POST', '/v1/documents', { name, contentType, size });
      uppy.setFileMeta(file.id, { documentId: document.id });
    }
  });
  uppy.addPostProcessor(async (ids) => {
    for (const file of ids.map((id) => uppy.getFile(id))) {
      if (!file || file.error) continue;
      const published = await call<{ status: string }>(access, 'POST', `/v1/documents/${file.meta.documentId}/upload/complete`);
      uppy.setFileMeta(file.id, { status: published.status });
    }
  });
  return uppy;
}

const page = {
  bytesOf,
  uppy: undefined as Uppy<Meta> | undefined,
  parts: [] as number[],
  open(access: Access) {
    const uppy = uploader(access);
    uppy.on('s3-multipart:part-uploaded', (_file, { PartNumber }) => page.parts.push(PartNumber));
    page.uppy = uppy;
  },
  add(name: string, mib: number) {
    const data = bytesOf(name, mib);
    return page.uppy?.addFile({ name, type: data.type, data });
  },
};

export type UppyPage = typeof page;
Object.assign(window, { page });
