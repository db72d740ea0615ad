/**
 * An accelerator, never the truth: with no cache at all every answer is the same. Caching needs no cooperation of the
 * caller but the right key: one key per thing that can change.
 */
export abstract class Cache {
  /** The value of `key`, from the cache or by `load`, which reads the truth strongly consistently. `undefined` is not kept. */
  abstract read<T>(key: string, ttlSeconds: number, load: () => Promise<T | undefined>): Promise<T | undefined>;

  /** Carries out `effect`, which changes what `key` stands for. Once it resolves no task serves the old value any more. */
  abstract write<T>(key: string, ttlSeconds: number, effect: () => Promise<T>): Promise<T>;
}
