import { generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PoolKey {
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

export const newKey = (kid: string, modulusLength = 2_048): PoolKey => ({ kid, ...generateKeyPairSync('rsa', { modulusLength }) });

export const jwkOf = ({ kid, publicKey }: PoolKey) => ({ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' });

export const encode = (value: unknown): string =>
  (Buffer.isBuffer(value) ? value : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))).toString('base64url');

/** A user pool in this process: signs what it is asked to, and serves its keys over HTTP, or misbehaves while doing so. */
export class MemoryUserPool {
  static readonly clientId = 'client1';
  issuer = '';
  fetches = 0;
  keys: object[];
  answer: (reply: ServerResponse) => void = (reply) => reply.end(JSON.stringify({ keys: this.keys }));
  private readonly server = createServer((_request, reply) => {
    this.fetches += 1;
    this.answer(reply);
  });

  constructor(readonly key = newKey('key1')) {
    this.keys = [jwkOf(key)];
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.issuer = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/us-east-1_Pool`;
    return this;
  }

  get jwksUri(): string {
    return `${this.issuer}/.well-known/jwks.json`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** What Cognito puts into an access token issued at `now` (milliseconds). */
  claims(now: number, changes: object = {}): object {
    const iat = Math.floor(now / 1_000);
    return {
      sub: randomUUID(),
      iss: this.issuer,
      client_id: MemoryUserPool.clientId,
      token_use: 'access',
      auth_time: iat,
      iat,
      exp: iat + 3_600,
      jti: randomUUID(),
      origin_jti: randomUUID(),
      username: 'ada',
      ...changes,
    };
  }

  /** A header that is text or bytes is taken as it is. */
  sign(payload: unknown, header: object | string | Buffer = {}, key = this.key): string {
    const isRaw = typeof header === 'string' || Buffer.isBuffer(header);
    const text = `${encode(isRaw ? header : { alg: 'RS256', kid: key.kid, ...header })}.${encode(payload)}`;
    return `${text}.${sign('sha256', Buffer.from(text), key.privateKey).toString('base64url')}`;
  }
}
