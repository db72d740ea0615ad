import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { describe, expect, it } from '@jest/globals';
import { S3UrlSigner } from '../../src/aws/s3-url-signer.js';
import { deliveryOf } from '../../src/documents/content-disposition.js';
import { S3FileStore } from '../../src/documents/uploads/s3-file-store.js';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const s3 = new S3Client({ region: 'eu-central-1', credentials });
const signer = new S3UrlSigner({ region: 'eu-central-1', bucket: 'bucket' }, async () => credentials, () => Date.now());
const files = new S3FileStore(s3, 'bucket', signer);
const key = { userId: 'u', documentId: 'd', versionId: 'v' };

/** CPU milliseconds of one run, the best of several: other processes share the machine. */
async function cpuOf(run: () => Promise<unknown>, rounds = 5): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const start = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / 1_000);
  }
  return best;
}

describe('signing', () => {
  it('1,000 parts costs under 60 ms of CPU', async () => {
    const parts = Array.from({ length: 1_000 }, (_, i) => ({ partNumber: i + 1, size: 16 * 2 ** 20 }));
    expect(await cpuOf(() => files.signParts(key, 'an-upload-id', parts))).toBeLessThan(60);
  });

  it("a download costs at most 1/8 of the SDK's getSignedUrl", async () => {
    const delivery = deliveryOf('attachment', 'Übersicht.pdf', 'application/pdf');
    const repeated = (run: () => Promise<unknown>) => async () => {
      for (let i = 0; i < 200; i += 1) await run();
    };
    const ours = await cpuOf(repeated(() => files.signDownload(key, delivery, 300)));
    const command = () => new GetObjectCommand({ Bucket: 'bucket', Key: 'documents/u/d/v', ResponseContentDisposition: delivery.contentDisposition, ResponseContentType: delivery.contentType });
    const sdks = await cpuOf(repeated(() => getSignedUrl(s3, command(), { expiresIn: 300 })));
    console.log(`CPU per download URL: ${(ours * 5).toFixed(0)} µs, the SDK's ${(sdks * 5).toFixed(0)} µs`);
    expect(ours).toBeLessThanOrEqual(sdks / 8);
  });
});
