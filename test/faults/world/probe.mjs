// Loaded before the service by `--import`, in tests only: tells of the process's memory and handles, blocks its event loop and
// moves its clock on demand. It speaks over the channel that the test opened and keeps nothing alive.
let ahead = 0;
const realNow = Date.now;

const answers = {
  memory: () => {
    globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    return { rss, heapUsed, handles: process.getActiveResourcesInfo().length, uptime: process.uptime() };
  },
  block: ({ ms }) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    return {};
  },
  moveClock: ({ ms }) => {
    ahead += ms;
    Date.now = () => realNow() + ahead;
    return {};
  },
};

process.on('message', (question) => {
  if (process.connected) process.send({ id: question.id, ...answers[question.ask](question) }, () => {});
});
process.channel?.unref();
