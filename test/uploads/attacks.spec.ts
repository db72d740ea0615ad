import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Config } from '../../src/config/config.js';
import { ATTACKS } from './attacks.js';
import { fortress } from './defences.js';
import { ownCloud, task } from './world.js';

const TIGHT = { bytes: 1_000, documents: 1_000, pendingUploads: 50, fileBytes: 1_500 };
const DAY = 86_400_000;

describe('a client that cheats', () => {
  let fortified: Config;
  let weakened: Config;
  beforeAll(async () => {
    [fortified, weakened] = [await ownCloud(), await ownCloud()];
  }, 30_000);
  const someUsers = () => ({ attacker: randomUUID(), victim: randomUUID() });

  it('has at least thirty ways to try', () => {
    expect(ATTACKS.length).toBeGreaterThanOrEqual(30);
    expect(new Set(ATTACKS.map(({ name }) => name)).size).toBe(ATTACKS.length);
  });

  it.each(ATTACKS.map((attack) => [attack.name, attack] as const))('does not get through with %s', async (_, attack) => {
    const on = fortress(fortified, undefined, attack.off === 'limits' ? TIGHT : undefined);
    expect(await attack.attempt(on, someUsers())).toBe(false);
  }, 20_000);

  it('leaves bucket and table in agreement, once all is swept', async () => {
    const sweeper = task(fortified);
    for (const days of [60, 120]) {
      sweeper.clock.ahead = days * DAY;
      expect(await sweeper.sweeper.sweep()).toMatchObject({ failures: 0 });
    }
    expect(await sweeper.audit.run()).toEqual({ orphans: [], strayUploads: [], losses: [], inconsistencies: [], wrongUsage: [] });
  }, 60_000);

  it.each(ATTACKS.map((attack) => [attack.name, attack.off, attack] as const))('would get through with %s were it not for the %s', async (_, off, attack) => {
    expect(await attack.attempt(fortress(weakened, off), someUsers())).toBe(true);
  }, 20_000);
});
