/** The Job is what Kubernetes' published schema takes, and reads as it is shipped. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { kubernetesJob } from './kubernetes-job.ts';

const golden = join(import.meta.dirname, '..', '..', 'deploy', 'kubernetes', 'agents.yaml');
const job = {
  agents: 6,
  image: 'registry.example/wirebench:0.2.0',
  join: 'tls://wirebench.perf.svc:4222/7f3a9c21',
  name: 'wirebench-agents',
  secret: 'wirebench-run',
  cpus: 4,
  memory: '2Gi',
  allowHosts: ['orders.shop.svc'],
};

describe('kubernetesJob', () => {
  it('is as shipped in deploy/kubernetes', () => {
    const text = stringify(kubernetesJob(job));
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, 'utf8'));
  });

  it('is a Job by the published schema', () => {
    new Job(kubernetesJob(job) as ConstructorParameters<typeof Job>[0]).validate();
    const wrong = {
      ...kubernetesJob(job),
      spec: { ...(kubernetesJob(job) as { spec: object }).spec, parallelism: 'six' },
    };
    expect(() => new Job(wrong as never).validate()).toThrow(/parallelism/);
  });
});
