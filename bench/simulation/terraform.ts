import { readFile } from 'node:fs/promises';
import { parse } from '@cdktf/hcl2json';
import type { Platform } from './model.js';

type Variables = Record<string, [{ default?: unknown }]>;

/** The values that infra/ deploys with: the variables' defaults, and prod's own where it sets them. */
export async function platformOf(folder: string): Promise<Platform> {
  const read = async (file: string) => (await parse(file, await readFile(`${folder}/${file}`, 'utf8'))) as Record<string, any>;
  const declared = (await read('variables-service.tf'))['variable'] as Variables;
  const prod = await read('env/prod.tfvars');
  const balancer = await read('balancer.tf');
  const value = (name: string): number => Number(prod[name] ?? declared[name]?.[0].default);
  return {
    zones: 3,
    minTasks: value('min_tasks'),
    maxTasks: value('max_tasks'),
    requestsPerTarget: value('requests_per_target'),
    cpuTarget: value('cpu_target'),
    eventLoopLimit: value('event_loop_limit'),
    slowStart: Number(balancer['resource']?.aws_lb_target_group?.api?.[0]?.slow_start ?? 30),
    // Image pull and start, then two health checks five seconds apart.
    taskStart: 60,
    metricDelay: 60,
    shedAfter: 0.25,
    shedCpu: 0.000_02,
    healthCheck: 15,
  };
}
