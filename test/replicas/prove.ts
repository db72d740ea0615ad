import { mkdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Progress } from './progress.js';
import { prove } from './prover.js';
import { explain, reportOf, type Summary } from './report.js';
import { Stage } from './stage.js';

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '200' },
    replicas: { type: 'string', default: '3' },
    seed: { type: 'string' },
    first: { type: 'string' },
    lanes: { type: 'string', default: '8' },
    entry: { type: 'string', default: 'dist/main.js' },
    'other-entry': { type: 'string' },
    resume: { type: 'boolean', default: false },
    minutes: { type: 'string' },
    quiet: { type: 'boolean', default: false },
  },
});

async function main(): Promise<number> {
  const programs = Number(values.programs);
  const replicas = Number(values.replicas);
  const progress = await Progress.begin({ resume: values.resume, seed: values.seed, first: values.first, programs, isQuiet: values.quiet });
  const { seed, first } = progress;
  console.log(`${programs} programs over ${replicas} replicas against one, seed ${seed}${first > 0 ? `, from program ${first}` : ''}`);

  const stage = await Stage.open();
  const worlds = await stage.worlds({ replicas, entry: values.entry, otherEntry: values['other-entry'] });
  const startedAt = Date.now();
  const { signal } = stopper(values.minutes);
  const outcome = await prove(worlds, stage.store, {
    seed, first, programs, lanes: Number(values.lanes), signal,
    onProgress: (done) => progress.show(done, worlds.fleet.fleet.kills),
  });
  const seconds = (Date.now() - startedAt) / 1_000;
  const { kills } = worlds.fleet.fleet;
  await Promise.all([worlds.lone.fleet.stop(), worlds.fleet.fleet.stop()]);
  await stage.close();
  await progress.end(outcome.done);

  const { counterexample } = outcome;
  const summary: Summary = { seed, programs: outcome.ran, replicas, kills, seconds: Math.round(seconds), 'programs a second': Number((outcome.ran / seconds).toFixed(1)), 'made again': outcome.repeated };
  await mkdir('artifacts', { recursive: true });
  await writeFile('artifacts/prove.html', reportOf(summary, counterexample));
  console.log(`${outcome.ran} programs (${summary['programs a second']} a second), ${kills} kills, ${outcome.repeated} made again, ${summary.seconds} s, ${counterexample ? 1 : 0} divergences; artifacts/prove.html`);
  if (counterexample) console.log(explain(counterexample, seed));
  else if (outcome.done < programs) console.log(`Stopped at program ${outcome.done} of ${programs}; --resume goes on there.`);
  return counterexample ? 1 : 0;
}

/** Stops between programs after `--minutes`, at Ctrl-C and at SIGTERM. */
function stopper(minutes: string | undefined): AbortController {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  if (minutes !== undefined) setTimeout(() => stop.abort(), Number(minutes) * 60_000).unref();
  return stop;
}

process.exitCode = await main();
process.exit();
