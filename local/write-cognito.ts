import { cognitoCommand } from './cognito.js';

// Writes the pool's files where compose.yaml mounts them.
await cognitoCommand(process.argv[2] ?? '.local/compose', 9_229, { hostname: '0.0.0.0' });
