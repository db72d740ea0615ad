import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A change that somebody might make, the test file that must fail on it, and what it says. */
export interface CarelessChange {
  name: string;
  test: 'service' | 'security' | 'variables';
  says: string;
  make(infra: string): void;
}

const edit = (file: string, from: string | RegExp, to: string) => (infra: string) => {
  const path = join(infra, file);
  const before = readFileSync(path, 'utf8');
  const after = before.replace(from, to);
  if (after === before) throw new Error(`nothing to change in ${file}`);
  writeFileSync(path, after);
};

export const carelessChanges: CarelessChange[] = [
  {
    name: 'stickiness turned on',
    test: 'service',
    says: 'Stickiness must stay off',
    make: edit('balancer.tf', 'enabled = false', 'enabled = true'),
  },
  {
    name: 'a * in the task role',
    test: 'security',
    says: 'A task role must name its actions one by one',
    make: edit('task-actions.json', '"dynamodb:BatchGetItem"', '"dynamodb:*"'),
  },
  {
    name: 'recovery removed',
    test: 'security',
    says: 'Every table must be recoverable',
    make: edit('data/tables.tf', /(recovery \{\n\s+enabled\s+= )true/, '$1false'),
  },
  {
    name: 'the stop timeout below the deregistration delay',
    test: 'service',
    says: 'stop_timeout must exceed deregistration_delay',
    make: edit('variables-service.tf', 'default     = 90', 'default     = 25'),
  },
];
