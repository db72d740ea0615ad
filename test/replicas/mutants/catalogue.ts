import { documentMutants } from './documents.js';
import type { Mutant } from './mutant.js';
import { profileMutants } from './profiles.js';
import { shareMutants } from './shares.js';
import { signInMutants } from './sign-ins.js';

export const mutants: Mutant[] = [...profileMutants, ...documentMutants, ...shareMutants, ...signInMutants];
