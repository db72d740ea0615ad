import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { startCloud } from '../../local/cloud.js';
import { Fleet } from '../replicas/fleet.js';
import { mintToken } from '../support/tokens.js';
import { LargeUploadRun } from './large-upload.js';

const { values } = parseArgs({ options: { size: { type: 'string', default: '200MiB' }, seed: { type: 'string', default: 'large upload' } } });

const UNITS: Record<string, number> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

function bytesOf(text: string): number {
  const [, number, unit] = /^(\d+)(B|KiB|MiB|GiB)?$/.exec(text) ?? [];
  const size = Number(number) * (UNITS[unit ?? 'B'] ?? 1);
  if (!Number.isSafeInteger(size) || size <= 64 * 2 ** 20) throw new Error('--size must be more than 64MiB, such as 200MiB or 2GiB.');
  return size;
}

/** The most memory that a process ever held, in MiB, as Linux counts it. */
async function peakOf(pid: number | undefined): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kib] = /VmHWM:\s+(\d+) kB/.exec(status) ?? [];
  return kib === undefined ? 'unknown' : `${Math.round(Number(kib) / 1_024)} MiB`;
}

async function main(): Promise<number> {
  const size = bytesOf(values.size);
  const cloud = await startCloud();
  const fleet = await Fleet.start(3, 'dist/main.js', { ...cloud.env, LOG_LEVEL: 'fatal', LIMIT_FILE_BYTES: String(size), LIMIT_BYTES: String(size) });
  const start = performance.now();
  const seconds = () => ((performance.now() - start) / 1_000).toFixed(1);
  const token = mintToken({ sub: randomUUID() }, cloud.env['COGNITO_ISSUER']);
  try {
    const { sent, received } = await new LargeUploadRun({ fleet, token, size, seed: values.seed, say: (text) => console.log(`${seconds()} s  ${text}`) }).execute();
    const replicas = await Promise.all(fleet.pids.map(peakOf));
    console.log(`Peak memory: client with the embedded S3 ${await peakOf(process.pid)}, replicas ${replicas.join(', ')}.`);
    console.log(sent === received ? `Byte for byte the same, after ${seconds()} s.` : 'The bytes differ.');
    return sent === received ? 0 : 1;
  } finally {
    await fleet.stop();
    await cloud.stop();
  }
}

process.exitCode = await main();
process.exit();
