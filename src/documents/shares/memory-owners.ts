import { Owners } from './owners.js';

/** The fake: none is closed but those that a test names. */
export class OpenOwners extends Owners {
  readonly closed = new Set<string>();

  async isClosed(userId: string): Promise<boolean> {
    return this.closed.has(userId);
  }
}
