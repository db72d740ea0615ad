import { mkdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { toJsonLines } from './linearizability/history.js';
import { disturb, record, type Refuted, type Tally } from './linearizability/run.js';
import { randomFrom } from './linearizability/simulation.js';
import { subjects } from './linearizability/subjects.js';
import { Stage } from './stage.js';

const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '3000' },
    replicas: { type: 'string', default: '3' },
    seed: { type: 'string' },
    lanes: { type: 'string', default: '6' },
    entry: { type: 'string', default: 'dist/main.js' },
    /** Part of a subject's name. */
    only: { type: 'string', default: '' },
    /** Seconds between two kills, about. */
    kill: { type: 'string', default: '4' },
  },
});

async function main(): Promise<number> {
  const operations = Number(values.operations);
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  const chosen = subjects.filter(({ name }) => name.includes(values.only));
  console.log(`${operations} operations by concurrent clients over ${values.replicas} replicas, seed ${seed}`);
  const stage = await Stage.open();
  const fleet = await stage.fleet({ replicas: Number(values.replicas), entry: values.entry });
  const startedAt = Date.now();
  const seconds = (): number => Math.round((Date.now() - startedAt) / 1_000);
  const calm = disturb(fleet, { kill: Number(values.kill) * 1_000, flush: 7_000, loss: 13_000 }, randomFrom(seed));
  let shownAt = startedAt;
  const { tallies, refuted } = await record(fleet, {
    subjects: chosen, operations, seed, lanes: Number(values.lanes),
    onProgress: (done) => {
      if (Date.now() - shownAt < 10_000) return;
      shownAt = Date.now();
      console.log(`${done}/${operations} operations, ${fleet.fleet.kills} kills, ${seconds()} s`);
    },
  });
  await calm();
  await fleet.fleet.stop();
  await stage.close();
  console.log(tableOf(tallies));
  const total = [...tallies.values()].reduce((sum, tally) => sum + tally.operations, 0);
  console.log(`${total} operations, ${fleet.fleet.kills} kills, ${seconds()} s: ${refuted ? 'NOT linearizable' : 'all histories are linearizable'}`);
  if (refuted) await tell(refuted);
  return refuted ? 1 : 0;
}

function tableOf(tallies: Map<string, Tally>): string {
  const rows = [...tallies].map(([name, { keys, operations, unanswered }]) => `| ${name} | ${keys} | ${operations} | ${unanswered} |`);
  return ['| subject | histories | operations | outcome unknown |', '|---|---|---|---|', ...rows].join('\n');
}

async function tell({ subject, verdict, history }: Refuted): Promise<void> {
  await mkdir('artifacts', { recursive: true });
  await writeFile('artifacts/history.jsonl', toJsonLines(history));
  console.log(`${subject}: ${verdict.linearizable === false ? 'no order explains what its clients saw' : 'the search for an order was given up'}; artifacts/history.jsonl`);
  if (verdict.linearizable !== false) return;
  console.log('The longest order that explains the answers:');
  for (const { client, input, output } of verdict.evidence.explained) console.log(`  client ${client}: ${JSON.stringify(input)} → ${JSON.stringify(output ?? 'no answer')}`);
  const { client, input, output } = verdict.evidence.stuckAt;
  console.log(`and then this one cannot be explained:\n  client ${client}: ${JSON.stringify(input)} → ${JSON.stringify(output)}`);
}

process.exitCode = await main();
process.exit();
