import { v7, validate, version } from 'uuid';

/** Source of identifiers, injected so that a test can foresee them. */
export abstract class Ids {
  /** A UUIDv7 (RFC 9562 §5.7): sorts by creation time. */
  abstract next(): string;
}

export class UuidIds extends Ids {
  next(): string {
    return v7();
  }
}

export const isUuidV7 = (text: string): boolean => validate(text) && version(text) === 7;
