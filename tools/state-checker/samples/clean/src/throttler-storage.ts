export class ThrottlerStorageRedis {
  async increment(key: string): Promise<{ totalHits: number }> {
    return { totalHits: key.length };
  }
}
