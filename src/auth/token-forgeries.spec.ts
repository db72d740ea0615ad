import { constants, createHmac, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MemoryApp } from './memory-app.js';
import { encode, jwkOf, MemoryUserPool, newKey } from './memory-user-pool.js';

const attacker = newKey('key1');
const invalid = { status: 401, challenge: 'Bearer error="invalid_token"', body: expect.objectContaining({ type: '/problems/unauthenticated' }) };

describe('a token that is forged or not meant for us', () => {
  const pool = new MemoryUserPool();
  const app = new MemoryApp(pool);
  const { present, claims, seconds } = app;
  beforeAll(async () => {
    await pool.start();
    await app.start();
  });
  afterAll(async () => {
    await app.close();
    await pool.stop();
  });

  const forgedBy = (header: object, key = attacker) => () => pool.sign(claims(), header, key);
  const hmac = (alg: string, secret: string | Buffer) => () => {
    const text = `${encode({ alg, kid: 'key1', typ: 'JWT' })}.${encode(claims())}`;
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  };
  const signedAs = (alg: string, hash: string, padding: number) => () => {
    const text = `${encode({ alg, kid: 'key1' })}.${encode(claims())}`;
    const key = { key: pool.key.privateKey, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    return `${text}.${sign(hash, Buffer.from(text), key).toString('base64url')}`;
  };
  const pem = pool.key.publicKey.export({ type: 'spki', format: 'pem' });
  const signedWith = (changes: () => object) => () => pool.sign(claims(changes()));
  const rawHeader = (json: string | Buffer) => () => pool.sign(claims(), json);
  const good = () => pool.sign(claims());

  const forgeries: [string, () => string][] = [
    ['alg none, unsigned', () => `${encode({ alg: 'none', kid: 'key1' })}.${encode(claims())}.`],
    ['alg none, with a signature', () => `${encode({ alg: 'none', kid: 'key1' })}.${encode(claims())}.c2ln`],
    ['alg None in another case', () => `${encode({ alg: 'nOnE', kid: 'key1' })}.${encode(claims())}.`],
    ['HS256 keyed with the public PEM', hmac('HS256', pem)],
    ['HS256 keyed with the trimmed PEM', hmac('HS256', pem.toString().trim())],
    ['HS256 keyed with the DER', hmac('HS256', pool.key.publicKey.export({ type: 'spki', format: 'der' }))],
    ['RS256 claimed over an HMAC', hmac('RS256', pem)],
    ['RS512, well signed by the right key', signedAs('RS512', 'sha512', constants.RSA_PKCS1_PADDING)],
    ['PS256, well signed by the right key', signedAs('PS256', 'sha256', constants.RSA_PKCS1_PSS_PADDING)],
    ['ES256 claimed', forgedBy({ alg: 'ES256' }, pool.key)],
    ['an alg that is no string', forgedBy({ alg: ['RS256'] }, pool.key)],
    ['a last alg of none', rawHeader('{"alg":"RS256","kid":"key1","alg":"none"}')],
    ['the kid of the pool and the key of another', forgedBy({})],
    ['an unknown kid', forgedBy({ kid: 'other' }, pool.key)],
    ['no kid', forgedBy({ kid: undefined }, pool.key)],
    ['a kid that is no string', forgedBy({ kid: ['key1'] }, pool.key)],
    ['a kid of __proto__', forgedBy({ kid: '__proto__' }, pool.key)],
    ['a kid like a path', forgedBy({ kid: '../../dev/null' })],
    ['jku to an attacker\'s keys', forgedBy({ jku: 'http://127.0.0.1:9/keys' })],
    ['x5u to an attacker\'s certificate', forgedBy({ x5u: 'http://127.0.0.1:9/cert' })],
    ['an embedded jwk', forgedBy({ jwk: jwkOf(attacker) })],
    ['crit, though well signed', forgedBy({ crit: ['exp'] }, pool.key)],
    ['an empty crit', forgedBy({ crit: [] }, pool.key)],
    ['crit spelt with an escape', rawHeader('{"alg":"RS256","kid":"key1","\\u0063rit":["b64"]}')],
    ['another pool', signedWith(() => ({ iss: `${pool.issuer}2` }))],
    ['another pool\'s key', () => pool.sign(claims({ iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_X' }), {}, attacker)],
    ['an issuer with a slash more', signedWith(() => ({ iss: `${pool.issuer}/` }))],
    ['issuers in an array', signedWith(() => ({ iss: [pool.issuer] }))],
    ['no issuer', signedWith(() => ({ iss: undefined }))],
    ['an id token', signedWith(() => ({ token_use: 'id', client_id: undefined, aud: MemoryUserPool.clientId }))],
    ['an id token that names the client', signedWith(() => ({ token_use: 'id' }))],
    ['token uses in an array', signedWith(() => ({ token_use: ['access'] }))],
    ['no token_use', signedWith(() => ({ token_use: undefined }))],
    ['another client', signedWith(() => ({ client_id: 'client2' }))],
    ['no client but an array of audiences', signedWith(() => ({ client_id: undefined, aud: [MemoryUserPool.clientId] }))],
    ['clients in an array', signedWith(() => ({ client_id: [MemoryUserPool.clientId] }))],
    ['an exp of this second', signedWith(() => ({ exp: seconds() }))],
    ['an exp long ago', signedWith(() => ({ exp: 1 }))],
    ['no exp', signedWith(() => ({ exp: undefined }))],
    ['an exp that is text', signedWith(() => ({ exp: String(seconds() + 60) }))],
    ['an infinite exp', () => pool.sign(JSON.stringify(claims()).replace(/"exp":\d+/, '"exp":1e999'))],
    ['an nbf to come', signedWith(() => ({ nbf: seconds() + 7 }))],
    ['an nbf that is text', signedWith(() => ({ nbf: '0' }))],
    ['an empty sub', signedWith(() => ({ sub: '' }))],
    ['no sub', signedWith(() => ({ sub: undefined }))],
    ['a sub that is a number', signedWith(() => ({ sub: 7 }))],
    ['a sub that is an object', signedWith(() => ({ sub: { $ne: '' } }))],
    ['groups that are text', signedWith(() => ({ 'cognito:groups': 'admin' }))],
    ['groups that are objects', signedWith(() => ({ 'cognito:groups': [{}] }))],
    ['a payload of null', () => pool.sign('null')],
    ['a payload of null as a JWT', () => pool.sign('null', { typ: 'JWT' })],
    ['a payload that is an array', () => pool.sign('[]', { typ: 'JWT' })],
    ['a payload that is no JSON', () => pool.sign('{"sub":', { typ: 'JWT' })],
    ['an empty payload', () => pool.sign('', { typ: 'JWT' })],
    ['a payload changed after signing', () => {
      const [header, , signature] = good().split('.');
      return `${header}.${encode(claims({ 'cognito:groups': ['admin'] }))}.${signature}`;
    }],
    ['a signature cut short', () => good().slice(0, -20)],
    ['no signature', () => `${good().split('.').slice(0, 2).join('.')}.`],
    ['two parts', () => good().split('.').slice(0, 2).join('.')],
    ['four parts', () => `${good()}.e30`],
    ['five parts, as if encrypted', () => `${good()}.e30.e30`],
    ['padding', () => `${good()}==`],
    ['a header that is no JSON', rawHeader('{"alg"')],
    ['a header of null', rawHeader('null')],
    ['a header that is an array', rawHeader('["RS256"]')],
    ['a header that is no UTF-8', rawHeader(Buffer.from('{"alg":"RS256","kid":"key1","x":"\xff"}', 'latin1'))],
    ['a header nested 3,000 deep', rawHeader('['.repeat(3_000))],
    ['dots alone', () => '..'],
    ['one letter', () => 'x'],
    ['more than 8 KiB, though well signed', signedWith(() => ({ filler: 'x'.repeat(7_000) }))],
    ['a megabyte', () => `${encode({ alg: 'RS256', kid: 'key1' })}.${'e30'.repeat(350_000)}.c2ln`],
  ];
  it.each(forgeries)('%s is refused', async (_, forge) => {
    expect(await present(forge())).toMatchObject(invalid);
  });

  it('is refused at every route, and does not spoil a good token after it', async () => {
    const [, forge] = forgeries[0]!;
    expect(await present(forge(), '/admin')).toMatchObject(invalid);
    expect((await present(good())).status).toBe(200);
  });
});
