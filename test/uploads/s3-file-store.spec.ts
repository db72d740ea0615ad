import { s3 as s3For } from '../../src/aws/clients.js';
import { S3UrlSigner } from '../../src/aws/s3-url-signer.js';
import { parseConfig } from '../../src/config/config.js';
import { fileStoreContract } from '../../src/documents/uploads/file-store.contract.js';
import { S3FileStore } from '../../src/documents/uploads/s3-file-store.js';
import { cloudEnv } from '../support/cloud.js';

Object.assign(process.env, Object.fromEntries(Object.entries(cloudEnv()).filter(([name]) => name.startsWith('AWS_'))));
const config = parseConfig(cloudEnv());
const s3 = s3For(config);
const endpoint = config.AWS_ENDPOINT_URL_S3 ?? config.AWS_ENDPOINT_URL;
const target = { region: config.AWS_REGION, bucket: config.DOCUMENTS_BUCKET, endpoint };
const signer = new S3UrlSigner(target, () => s3.config.credentials(), () => Date.now());

async function send(method: string, url: string, headers: Record<string, string>, bytes: Buffer): Promise<Response> {
  const response = await fetch(url, { method, headers, body: new Uint8Array(bytes) });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response;
}

fileStoreContract('S3', () => new S3FileStore(s3, config.DOCUMENTS_BUCKET, signer), {
  async put(store, key, bytes, contentType) {
    const { method, url, headers } = await store.signUpload(key, { contentType, size: bytes.length });
    await send(method, url, headers, bytes);
  },
  async putPart(store, key, multipartId, partNumber, bytes) {
    const [part] = await store.signParts(key, multipartId, [{ partNumber, size: bytes.length }]);
    const response = await send('PUT', part!.url, part!.headers, bytes);
    return response.headers.get('etag') ?? '';
  },
});
