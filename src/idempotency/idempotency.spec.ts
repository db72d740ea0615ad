import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import { AppError } from '../common/app-error.js';
import { Clock } from '../common/clock.js';
import { Secrets, type SecretSet } from '../common/secrets.js';
import { Idempotency, LEASE_MS, type Creation, type KeyedRequest } from './idempotency.js';
import { Keyring } from './keyring.js';
import { MemoryIdempotencyRecords } from './memory-idempotency-records.js';
import { requestInProgress, type Kept, type Receipt } from './receipt.js';

class HeldClock extends Clock {
  at = Date.parse('2026-01-02T03:04:05.678Z');
  now = () => this.at;
}

class HeldSecrets extends Secrets {
  private keys: KeyObject[] = [createSecretKey(Buffer.alloc(32, 1))];
  /** What another task has read already. */
  private newer?: KeyObject[];
  current = (): SecretSet => ({ signingKeys: { current: this.keys[0] as KeyObject, ...(this.keys[1] && { previous: this.keys[1] }) }, cache: {} });
  override refreshed(): Promise<SecretSet> {
    this.keys = this.newer ?? this.keys;
    return Promise.resolve(this.current());
  }
  rotate(): void {
    this.keys = this.rotated();
  }
  rotateUnseen(): void {
    this.newer = this.rotated();
  }
  private rotated = (): KeyObject[] => [createSecretKey(Buffer.alloc(32, this.keys.length + (this.keys[0]?.export()[0] ?? 0))), this.keys[0] as KeyObject];
}

const REQUEST: KeyedRequest = { userId: 'u', key: 'k', method: 'POST', path: '/v1/things', body: { a: 1, b: [{ c: 'x', d: null }] } };
const DAY = 86_400_000;

interface Thing {
  number: number;
}

describe('a request with an Idempotency-Key', () => {
  let clock: HeldClock;
  let secrets: HeldSecrets;
  let records: MemoryIdempotencyRecords;
  let idempotency: Idempotency;
  let effects: number;
  beforeEach(() => {
    clock = new HeldClock();
    secrets = new HeldSecrets();
    records = new MemoryIdempotencyRecords();
    idempotency = new Idempotency(records, new Keyring(secrets), clock);
    effects = 0;
  });

  /** The transaction of effect and receipt. */
  const store = (receipt: Receipt | undefined) => {
    if (receipt && !records.isHeld(receipt)) throw requestInProgress();
    if (receipt) records.keep(receipt);
    effects += 1;
  };
  const told = ({ body, secret }: Kept<Thing>) => ({ ...body, token: secret });
  const create = (changes: Partial<Creation<Thing, object>> = {}): Creation<Thing, object> => ({
    async first(remember) {
      const kept: Kept<Thing> = { status: 201, headers: { etag: '"1"' }, body: { number: effects + 1 }, secret: 'a token' };
      store(remember(kept));
      return told(kept);
    },
    again: told,
    ...changes,
  });
  const send = (changes: Partial<KeyedRequest> = {}, creation = create()) => idempotency.carryOut({ ...REQUEST, ...changes }, creation);

  it('is carried out once and answered alike for a day', async () => {
    const first = await send();
    clock.at += DAY - 1_000;
    const second = await send();
    expect(first).toEqual({ kept: expect.anything(), body: { number: 1, token: 'a token' }, isReplay: false });
    expect(second).toEqual({ ...first, isReplay: true });
    clock.at += 1_000;
    expect(await send()).toMatchObject({ body: { number: 2 }, isReplay: false });
  });

  it('is carried out each time without a key', async () => {
    for (const number of [1, 2]) expect(await idempotency.carryOut(undefined, create())).toMatchObject({ body: { number }, isReplay: false });
  });

  it('is the same whatever the order of its members', async () => {
    await send();
    expect(await send({ body: { b: [{ d: null, c: 'x' }], a: 1 } })).toMatchObject({ isReplay: true });
  });

  it.each<[string, Partial<KeyedRequest>]>([
    ['another body', { body: { a: 2, b: [{ c: 'x', d: null }] } }],
    ['another order of a list', { body: { a: 1, b: [{ c: 'x', d: null }, 1] } }],
    ['another type', { body: { a: '1', b: [{ c: 'x', d: null }] } }],
    ['no body', { body: undefined }],
    ['another path', { path: '/v1/others' }],
    ['another method', { method: 'PUT' }],
  ])('refuses its key for %s', async (_, changes) => {
    await send();
    await expect(send(changes)).rejects.toMatchObject({ kind: 'idempotency-key-reused' });
    expect(effects).toBe(1);
  });

  it('does not share its key with another user', async () => {
    await send();
    expect(await send({ userId: 'other' })).toMatchObject({ body: { number: 2 }, isReplay: false });
  });

  it('is told to come back while the first is running, whatever its body', async () => {
    let finish = () => undefined as void;
    const running = send({}, create({
      async first(remember) {
        await new Promise<void>((resolve) => (finish = resolve));
        return create().first(remember);
      },
    }));
    await new Promise((resolve) => setImmediate(resolve));
    for (const body of [REQUEST.body, 'other']) {
      await expect(send({ body })).rejects.toMatchObject({ kind: 'request-in-progress', headers: { 'Retry-After': '1' } });
    }
    finish();
    await running;
    expect(await send()).toMatchObject({ body: { number: 1 }, isReplay: true });
  });

  it('frees its key when it fails, for another body too', async () => {
    const failing = create({ first: () => Promise.reject(new AppError('quota-exceeded', 'full')) });
    await expect(send({}, failing)).rejects.toMatchObject({ kind: 'quota-exceeded' });
    expect(await send({ body: 'other' })).toMatchObject({ isReplay: false });
  });

  it('is answered with success when it fails after its effect was stored', async () => {
    const late = create({
      async first(remember) {
        await create().first(remember);
        throw new AppError('unavailable', 'the reply was lost');
      },
    });
    expect(await send({}, late)).toMatchObject({ body: { number: 1, token: 'a token' }, isReplay: false });
    expect(await send()).toMatchObject({ body: { number: 1 }, isReplay: true });
  });

  it('loses its key when it takes longer than the lease, and then has no effect and the other one’s answer', async () => {
    const slow = create({
      async first(remember) {
        clock.at += LEASE_MS;
        expect(await send()).toMatchObject({ body: { number: 1 }, isReplay: false });
        return create().first(remember);
      },
    });
    expect(await send({}, slow)).toMatchObject({ body: { number: 1 }, isReplay: true });
    expect(effects).toBe(1);
  });

  it('is not harmed when its key cannot be freed', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    records.release = () => Promise.reject(new Error('gone'));
    const failing = create({ first: () => Promise.reject(new AppError('not-found', 'no')) });
    await expect(send({}, failing)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(send()).rejects.toMatchObject({ kind: 'request-in-progress' });
    clock.at += LEASE_MS;
    expect(await send()).toMatchObject({ isReplay: false });
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  it('is replayed through a rotation of the signing key, and says so when the key is gone for good', async () => {
    await send();
    secrets.rotate();
    expect(await send()).toMatchObject({ body: { number: 1, token: 'a token' }, isReplay: true });
    secrets.rotate();
    await expect(send()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(effects).toBe(1);
  });

  it('is replayed by a task that has yet to read the key that the first answer was sealed with', async () => {
    const here = new HeldSecrets();
    here.rotateUnseen();
    secrets.rotate();
    await send();
    idempotency = new Idempotency(records, new Keyring(here), clock);
    expect(await send()).toMatchObject({ body: { number: 1, token: 'a token' }, isReplay: true });
    expect(effects).toBe(1);
  });

  it('keeps neither its secret nor its body in clear', async () => {
    const claim = jest.spyOn(records, 'claim');
    const keep = jest.spyOn(records, 'keep');
    await send({ body: { password: 'hunter2' } });
    const stored = JSON.stringify([claim.mock.calls, keep.mock.calls]);
    expect(stored).toContain('sealed');
    for (const secret of ['a token', 'hunter2']) expect(stored).not.toContain(secret);
  });

  it('is not answered with a secret that was sealed for another record', async () => {
    await send();
    const keyHash = createHash('sha256').update('k').digest('base64url');
    const { sealed = '' } = (await records.claim({ userId: 'u', keyHash, owner: 'x', fingerprint: '', leaseUntil: 0, expiresAt: 0 }, clock.at)) ?? {};
    const keyring = new Keyring(secrets);
    expect(await keyring.open(sealed, `u ${keyHash}`)).toBe('a token');
    await expect(keyring.open(sealed, `v ${keyHash}`)).rejects.toThrow();
  });
});
