import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Fleet } from '../replicas/fleet.js';
import { cloudEnv } from '../support/cloud.js';
import { mintToken } from '../support/tokens.js';
import { LargeUploadRun } from './large-upload.js';

const MIB = 2 ** 20;

describe('a file of 200 MiB', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await Fleet.start(3, 'dist/main.js', cloudEnv());
  }, 120_000);
  afterAll(() => fleet.stop());

  it('goes up in parts through three replicas in turn, one killed midway, resumes, and comes down byte for byte', async () => {
    const run = { fleet, token: mintToken({ sub: randomUUID() }), size: 200 * MIB + 1, seed: randomUUID(), say: () => undefined };
    const { sent, received, parts, resumedFrom } = await new LargeUploadRun(run).execute();
    expect(received).toBe(sent);
    expect({ parts, resumedFrom }).toEqual({ parts: 13, resumedFrom: 6 });
  }, 180_000);
});
