import { fileStoreContract } from './file-store.contract.js';
import { MemoryFileStore } from './memory-file-store.js';

let files = new MemoryFileStore();

fileStoreContract(
  'the fake',
  () => {
    files = new MemoryFileStore();
    return files;
  },
  {
    put: async (_, key, bytes, contentType) => files.put(key, bytes, contentType),
    putPart: async (_, _key, multipartId, partNumber, bytes) => files.putPart(multipartId, partNumber, bytes),
  },
);
