/** Pictures of users, kept by another feature. */
export abstract class Avatars {
  /** A short-lived address of the picture, or nothing when that document cannot be shown as the user's picture. */
  abstract urlOf(userId: string, documentId: string): Promise<string | undefined>;
}
