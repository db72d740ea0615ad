/**
 * An accelerator, never the truth: with no cache at all every answer is the same. One key per thing that can change, such as
 * `profile:<userId>`; values are what JSON can hold, and not to be changed by whoever gets them (readers may share one).
 * See docs/adr/0004-cache.md.
 */
export abstract class Cache {
  /**
   * The value of `key`, from the cache or by `load`, which must read the truth strongly consistently. Never older than a write
   * that had resolved when the read began, in any task. `undefined` and large values are not kept. Rejects only as `load` does.
   */
  abstract read<T>(key: string, ttlSeconds: number, load: () => Promise<T | undefined>): Promise<T | undefined>;

  /**
   * Carries out `effect`, which changes what `key` stands for, once. When the promise resolves no task serves the old value any
   * more. Takes about a second longer when the cache has just been lost. Rejects as `effect` does, and with
   * `AppError('unavailable')` when the old value cannot be kept from being served.
   */
  abstract write<T>(key: string, ttlSeconds: number, effect: () => Promise<T>): Promise<T>;
}
