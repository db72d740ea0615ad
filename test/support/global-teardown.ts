export default async function teardown(): Promise<void> {
  await ((globalThis as Record<string, unknown>)['stopTestCloud'] as () => Promise<void>)();
}
