import { parseArgs } from 'node:util';
import { startCloud } from '../../local/cloud.js';
import { mintToken } from '../support/tokens.js';
import { Fleet } from './fleet.js';
import { signOutTrials, worstOf } from './sign-out-trials.js';

/** Sign-outs on one of several replicas, and how long the others still accept. `tsx test/replicas/sign-out.ts --trials 1000` */
const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '1000' },
    replicas: { type: 'string', default: '3' },
    parallel: { type: 'string', default: '10' },
  },
});

const LIMIT_MS = 1_000;

async function main(): Promise<number> {
  const [count, size, atOnce] = [values.trials, values.replicas, values.parallel].map(Number) as [number, number, number];
  const cloud = await startCloud();
  const fleet = await Fleet.start(size, 'dist/main.js', { ...cloud.env, LOG_LEVEL: 'fatal' });
  try {
    const urls = await Promise.all(Array.from({ length: size }, async (_, i) => (await fleet.pick(i)).url));
    const mint = (claims: { sub: string; origin_jti: string }) => mintToken(claims, cloud.env['COGNITO_ISSUER']);
    const trials = await signOutTrials(count, atOnce, urls, mint, (done) => {
      if (done.length % 100 < atOnce) console.log(`${done.length}/${count}, worst so far ${Math.round(worstOf(done))} ms`);
    });
    const within = trials.filter(({ acceptedUntil }) => acceptedUntil < LIMIT_MS).length;
    for (const way of new Set(trials.map((trial) => trial.way))) {
      console.log(`${way}: worst ${Math.round(worstOf(trials.filter((trial) => trial.way === way)))} ms`);
    }
    console.log(`${within} of ${count} sign-outs refused by all ${size} replicas within ${LIMIT_MS} ms; worst case ${Math.round(worstOf(trials))} ms`);
    return within === count ? 0 : 1;
  } finally {
    await fleet.stop();
    await cloud.stop();
  }
}

process.exit(await main());
