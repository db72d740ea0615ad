import { writeFile } from 'node:fs/promises';
import { describeSource } from './describe.js';

await writeFile('openapi.json', await describeSource(process.cwd()));
process.exit();
