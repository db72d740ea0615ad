import { spawn } from 'node:child_process';

/** Runs a command to its end without holding up this process. Resolves to what it wrote; rejects with it when it fails. */
export function command(name: string, ...words: string[]): Promise<string> {
  const child = spawn(name, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(output.trim());
      else reject(new Error(`${name} ${words.join(' ')} ended with ${code}\n${output}${errors}`.slice(-6_000)));
    });
  });
}

export const isInstalled = (name: string): Promise<boolean> => command('sh', '-c', `command -v ${name}`).then(() => true, () => false);
