import { createHmac } from 'node:crypto';
import { ShortHmac } from './short-hmac.js';
import { SoftState } from '../common/soft-state.js';

/** As the SDK's credential providers give them. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** `20260102T030405Z` */
export const basicTime = (at: number): string => new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, '');

/** The key of SigV4 for one service in one region: derived once per day and credentials (AWS General Reference, "Create a signed request"). */
@SoftState({
  holds: 'the signing key derived from the current credentials',
  bound: 'one key',
  maxAge: 'a day, or until the credentials change',
  ifLost: 'nothing: it is derived again',
})
export class SigningKey {
  private derived?: { from: string; hmac: ShortHmac };

  constructor(
    private readonly region: string,
    private readonly service: string,
  ) {}

  /** `20260102/eu-central-1/s3/aws4_request` */
  scope(time: string): string {
    return `${time.slice(0, 8)}/${this.region}/${this.service}/aws4_request`;
  }

  /** Hexadecimal. `canonical` is the digest of the canonical request. */
  signature({ accessKeyId, secretAccessKey }: Credentials, time: string, canonical: string): string {
    const day = time.slice(0, 8);
    const from = `${day} ${accessKeyId} ${secretAccessKey}`;
    if (this.derived?.from !== from) {
      const key = [day, this.region, this.service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
      this.derived = { from, hmac: new ShortHmac(key as Buffer) };
    }
    return this.derived.hmac.hex(`AWS4-HMAC-SHA256\n${time}\n${this.scope(time)}\n${canonical}`);
  }
}
