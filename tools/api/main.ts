import { writeFile } from 'node:fs/promises';
import { generateClient } from './client.js';
import { describeSource } from './describe.js';

await writeFile('openapi.json', await describeSource(process.cwd()));
await generateClient('openapi.json', 'client/src/generated');
process.exit();
