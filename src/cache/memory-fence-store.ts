import { FenceStore, nextEpoch, type FenceRecord } from './fence-store.js';

/** The fence of several caches in one test; `isDown` makes it unreachable. */
export class MemoryFenceStore extends FenceStore {
  record?: FenceRecord;
  isDown = false;

  async read(): Promise<FenceRecord | undefined> {
    this.checkReachable();
    return this.record;
  }

  async close(epoch: number): Promise<FenceRecord | undefined> {
    this.checkReachable();
    if (this.record?.epoch === epoch) this.record = { ...this.record, open: false };
    return this.record;
  }

  async open(expected: FenceRecord | undefined, serverId: string): Promise<FenceRecord | undefined> {
    this.checkReachable();
    if (this.record?.epoch === expected?.epoch && this.record?.open === expected?.open) {
      this.record = { epoch: nextEpoch(expected, Date.now()), open: true, serverId };
    }
    return this.record;
  }

  private checkReachable(): void {
    if (this.isDown) throw new Error('The fence store is down.');
  }
}
