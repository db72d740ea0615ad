/** The pool that issues the tokens. */
export abstract class UserPool {
  /**
   * Has the pool revoke all refresh tokens of the user whose access token this is. Best effort: never rejects, and gives up
   * after 2 s. True when the pool agreed.
   */
  abstract signOutEverywhere(accessToken: string): Promise<boolean>;
}
