import { Injectable } from '@nestjs/common';
import { Owners } from '../documents/shares/owners.js';
import { UserRecords } from '../sessions/user-records.js';

/** Shares of an account that is being erased are gone at once, however long the erasure takes. */
@Injectable()
export class ClosedOwners extends Owners {
  constructor(private readonly records: UserRecords) {
    super();
  }

  isClosed(userId: string): Promise<boolean> {
    return this.records.isClosed(userId);
  }
}
