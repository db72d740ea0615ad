/** Owners of shared documents, kept by another feature. */
export abstract class Owners {
  /** Whether nothing of the owner's may be shown to others any more, although it may still be stored. */
  abstract isClosed(userId: string): Promise<boolean>;
}
