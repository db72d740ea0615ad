/** Keys of the cache; an entry lives no longer than `TTL_SECONDS`. */
export const TTL_SECONDS = 300;

export const signInKey = (userId: string, id: string): string => `sign-in:${userId}#${id}`;
export const sessionKey = (userId: string, signInId: string): string => `session:${userId}#${signInId}`;
