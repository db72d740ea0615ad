import { startCloud, type Cloud } from '../../local/cloud.js';
import type { Environment } from '../../local/names.js';
import { mintToken } from '../support/tokens.js';
import { cacheSwitch, type CacheSwitch } from './cache-switch.js';
import { Calm } from './calm.js';
import { Store } from './contents.js';
import { Fleet } from './fleet.js';
import { ADDRESS_LIMIT } from './steps/limits.js';
import type { World } from './world.js';

export interface Worlds {
  lone: World;
  fleet: World;
}

interface Builds {
  replicas: number;
  entry: string;
  /** A second build that every other replica runs, as in a rolling deployment. */
  otherEntry?: string;
  spares?: number;
}

/** One embedded cloud with what a comparison needs: builds come and go, the cloud stays. */
export class Stage {
  private constructor(
    private readonly cloud: Cloud,
    private readonly cache: CacheSwitch,
    readonly environment: Environment,
    readonly store: Store,
  ) {}

  static async open(): Promise<Stage> {
    const cloud = await startCloud();
    const environment: Environment = { ...cloud.env, LOG_LEVEL: 'fatal', RATE_LIMIT: '100000/60s', RATE_LIMIT_ANONYMOUS: `${ADDRESS_LIMIT}/60s`, TRUST_PROXY: '1' };
    return new Stage(cloud, await cacheSwitch(cloud.env), environment, new Store(environment));
  }

  /** The lone replica has no cache, so that what it answers can only come from where things are kept. */
  async worlds(builds: Builds): Promise<Worlds> {
    const { CACHE_URL: _none, ...environment } = this.environment;
    const lone = Fleet.start(1, builds.entry, environment);
    const [one, fleet] = await Promise.all([lone, this.fleet(builds)]);
    return { lone: { fleet: one, mint: this.mint }, fleet };
  }

  async fleet({ replicas, entry, otherEntry, spares = 1 }: Builds): Promise<World> {
    const entries = [entry, ...(otherEntry ? [otherEntry] : [])];
    const fleet = await Fleet.start(replicas, entries, { ...this.environment, ...this.cache.env }, { spares });
    return { fleet, mint: this.mint, faults: this.faults() };
  }

  private faults(): NonNullable<World['faults']> {
    const calm = new Calm();
    const flushCache = async (): Promise<void> => {
      const end = await calm.disturb();
      await this.cache.flush().finally(end);
    };
    const loseCache = async (): Promise<() => void> => {
      const end = await calm.disturb();
      const mend = await this.cache.lose();
      return () => {
        mend();
        end();
      };
    };
    return { calm, flushCache, loseCache };
  }

  async close(): Promise<void> {
    await this.cache.close();
    await this.cloud.stop();
  }

  readonly mint: World['mint'] = (claims) => mintToken(claims, this.environment['COGNITO_ISSUER']);
}
