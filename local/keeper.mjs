// Runs the embedded cloud's servers and outlives nobody: when the parent's pipe closes (a crash included) all are stopped.
import { spawn } from 'node:child_process';

const children = [];
const stop = () => {
  for (const child of children) child.kill('SIGTERM');
  setTimeout(() => {
    for (const child of children) child.kill('SIGKILL');
    process.exit(0);
  }, 1_500).unref();
  void Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? new Promise((done) => child.once('exit', done)))).then(() => process.exit(0));
};

const report = (message) => process.connected && process.send(message, () => {});

for (const { name, command, args, cwd, env } of JSON.parse(process.argv[2])) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr = (stderr + chunk).slice(-1_000)));
  child.on('error', (error) => report({ name, failed: error.message }));
  child.on('exit', (code, signal) => report({ name, failed: `it exited with ${code ?? signal}. ${stderr}` }));
  children.push(child);
}
process.stdin.on('end', stop).on('error', stop).resume();
// The parent decides when to leave; Ctrl-C reaches the whole process group.
process.on('SIGINT', () => {});
process.on('SIGTERM', stop);
process.on('disconnect', stop);
