import { startCloud } from '../../local/cloud.js';
import { Canary } from './world/canary.js';
import { World } from './world/world.js';
import { rollingRestart } from './rows/rolling-restart.js';
import { kill } from './rows/kill.js';

const cloud = await startCloud();
for (const row of [rollingRestart, kill]) {
  const t = Date.now();
  const world = await World.start({ name: `row${row.number}`, cloud: cloud.env, canary: new Canary(), isShort: true });
  const m = await row.measure(world);
  console.log(row.number, JSON.stringify(m), Date.now() - t);
  console.table(row.judge(m));
  await world.stop();
}
await cloud.stop();
process.exit();
