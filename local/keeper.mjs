// Runs servers and outlives nobody: when the parent's pipe closes (a crash included) all are stopped, each with whatever it
// started itself.
import { spawn } from 'node:child_process';

const PATIENCE_MS = 4_000;
const children = [];
const report = (message) => process.connected && process.send(message, () => {});

const hasEnded = (child) => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
const signalAll = (signal) => {
  for (const { pid } of children) {
    try {
      // The whole process group: a watcher does not take its child along.
      if (pid !== undefined) process.kill(-pid, signal);
    } catch {
      // It has ended already.
    }
  }
};

const stop = () => {
  signalAll('SIGTERM');
  const leave = () => {
    signalAll('SIGKILL');
    process.exit(0);
  };
  setTimeout(leave, PATIENCE_MS).unref();
  const ends = children.map((child) => hasEnded(child) ? Promise.resolve() : new Promise((done) => child.once('exit', done)));
  void Promise.all(ends).then(leave);
};

for (const { name, command, args, cwd, env, isLoud } of JSON.parse(process.argv[2])) {
  const stdio = isLoud ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'ignore', 'pipe'];
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio, detached: true });
  let stderr = '';
  child.stderr?.on('data', (chunk) => (stderr = (stderr + chunk).slice(-1_000)));
  child.on('error', (error) => report({ name, failed: error.message }));
  child.on('exit', (code, signal) => report({ name, failed: `it exited with ${code ?? signal}. ${stderr}` }));
  children.push(child);
  report({ name, pid: child.pid });
}
process.stdin.on('end', stop).on('error', stop).resume();
// The parent decides when to leave; Ctrl-C reaches the whole process group.
process.on('SIGINT', () => {});
process.on('SIGTERM', stop);
process.on('disconnect', stop);
