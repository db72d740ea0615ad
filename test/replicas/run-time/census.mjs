// Preloaded into the replica that is looked at: answers what it holds when it is asked. Never part of the product.
import { writeHeapSnapshot } from 'node:v8';

/** @param {{ snapshot: string }} message */
async function answer({ snapshot }) {
  // Twice, and a turn of the event loop between: what finalizers let go of is gone, too.
  globalThis.gc();
  await new Promise((resolve) => setTimeout(resolve, 200));
  globalThis.gc();
  writeHeapSnapshot(snapshot);
  process.send({ resources: process.getActiveResourcesInfo() });
}

process.on('message', (message) => void answer(message));
// The channel to whoever asks keeps nothing alive.
process.channel?.unref();
