import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';

const DEADLINE_MS = 3_000;
const MAX_BYTES = 64 * 1_024;
const MIN_BITS = 2_048;

const jwk = z.object({
  kty: z.literal('RSA'),
  kid: z.string().min(1).max(256),
  n: z.string(),
  e: z.string(),
  use: z.literal('sig').optional(),
  alg: z.literal('RS256').optional(),
});
const keySet = z.object({ keys: z.array(z.unknown()).max(50) });

/**
 * The RS256 keys that a JWKS address publishes, by `kid`; keys of other kinds, for other uses or under 2,048 bits are left out.
 * Rejects after 3 s, for more than 64 KiB, for a redirect, and when no key is left.
 */
export async function fetchPublicKeys(uri: string): Promise<Map<string, KeyObject>> {
  const response = await fetch(uri, { redirect: 'error', signal: AbortSignal.timeout(DEADLINE_MS) });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  }
  const { keys } = keySet.parse(JSON.parse(await readBounded(response)));
  const usable = new Map(keys.flatMap((key) => toEntry(key) ?? []).map(({ kid, key }) => [kid, key]));
  if (usable.size === 0) throw new Error('no usable key');
  return usable;
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new Error(`more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function toEntry(candidate: unknown): { kid: string; key: KeyObject } | undefined {
  const parsed = jwk.safeParse(candidate);
  if (!parsed.success) return undefined;
  const { kty, kid, n, e } = parsed.data;
  try {
    const key = createPublicKey({ key: { kty, n, e }, format: 'jwk' });
    return (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_BITS ? { kid, key } : undefined;
  } catch {
    return undefined;
  }
}
