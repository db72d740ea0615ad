import { AppError } from '../common/app-error.js';
import type { CacheConnection } from './cache-connection.js';
import type { CacheFence, FenceView } from './cache-fence.js';
import type { CacheStats } from './cache-stats.js';
import { MARK, placeOf, UNMARK, WRITE_MS } from './key-states.js';
import type { LuaScript } from './lua-script.js';

/** How long a write waits for a connection that was just lost, before it closes the fence for all tasks. */
const PATIENCE_MS = 150;
const ATTEMPTS = 3;

/** What the effect may have left behind when it rejected. */
const isAmbiguous = (error: unknown): boolean => !(error instanceof AppError) || error.kind === 'unavailable' || error.kind === 'internal';

/**
 * One write: before the effect a marker takes the place of entry or lease, after it the marker goes. While it is there nobody
 * reads or fills the key. Where that cannot be done, nobody uses the cache at all: the fence is closed first.
 */
export class CacheWrite {
  constructor(
    private readonly connection: CacheConnection,
    private readonly fence: CacheFence,
    private readonly stats: CacheStats,
    private readonly key: string,
    private readonly id: string,
  ) {}

  /** Rejects with `AppError('unavailable')` when neither cache nor fence can be told: before the effect, or after it. */
  async carryOut<T>(effect: () => Promise<T>): Promise<T> {
    const view = await this.prepare();
    let result: T;
    try {
      result = await effect();
    } catch (error) {
      await this.finish(view, isAmbiguous(error)).catch(() => undefined);
      throw error;
    }
    await this.finish(view, false);
    return result;
  }

  /** The view under which the effect may begin: the key is marked in its epoch, or every task knows that none is open. */
  private async prepare(): Promise<FenceView> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const view = await this.ask();
      if (!view.record?.open) {
        await this.fence.known(view);
        if (this.fence.stillHolds(view)) return view;
      } else if (await this.tell(MARK, view)) {
        return view;
      }
    }
    throw unavailable();
  }

  /** An effect that may still take place keeps its marker, for its full time again. */
  private async finish(view: FenceView, isPending: boolean): Promise<void> {
    // Before the effect ended nobody can have used an epoch that began after this view: see `CacheFence`.
    const now = this.fence.stillHolds(view) ? view : await this.ask();
    if (now.record?.open) await this.tell(isPending ? MARK : UNMARK, now);
  }

  /** False when the cache could not be told; then no task uses that epoch any more. */
  private async tell(script: LuaScript, view: FenceView): Promise<boolean> {
    const { epoch, serverId } = view.record!;
    try {
      await this.connection.ready(PATIENCE_MS);
      if (this.connection.serverId !== serverId) throw new Error('another server');
      await this.connection.run((client) => script.run(client, [placeOf(epoch, this.key)], [this.id, WRITE_MS]));
      return true;
    } catch {
      this.stats.failures += 1;
      await this.fence.close(epoch).catch((cause: unknown) => {
        throw unavailable(cause);
      });
      return false;
    }
  }

  private async ask(): Promise<FenceView> {
    return this.fence.current().catch((cause: unknown) => {
      throw unavailable(cause);
    });
  }
}

const unavailable = (cause?: unknown): AppError =>
  new AppError('unavailable', 'The change cannot be made safely at the moment.', { cause, headers: { 'Retry-After': '1' } });
