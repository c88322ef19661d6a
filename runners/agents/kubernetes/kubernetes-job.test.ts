/** The Job is what Kubernetes' published schema takes, and reads as it is shipped. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { Secret } from 'kubernetes-models/v1/Secret';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { kubernetesJob, ownedSecret } from './kubernetes-job.ts';

const golden = join(import.meta.dirname, '..', '..', '..', 'deploy', 'kubernetes', 'agents.yaml');
const job = {
  agents: 6,
  image: 'registry.example/wirebench:0.2.0',
  join: 'tls://wirebench.perf.svc:4222/7f3a9c21',
  name: 'wirebench-agents',
  secret: 'wirebench-run',
  cpus: '4',
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

describe('ownedSecret', () => {
  it('goes with its Job, and is a Secret by the published schema', () => {
    const secret = ownedSecret(job, { token: 'word\nPEM' }, { metadata: { uid: 'a-b-c' } });
    new Secret(secret as ConstructorParameters<typeof Secret>[0]).validate();
    expect(secret).toMatchObject({
      metadata: { name: 'wirebench-run', ownerReferences: [{ kind: 'Job', name: 'wirebench-agents', uid: 'a-b-c' }] },
      stringData: { token: 'word\nPEM' },
    });
  });

  it('is read from where the Job has it', () => {
    const { spec } = kubernetesJob({ ...job, secretKeys: ['creds', 'ca'] }) as {
      spec: { template: { spec: { containers: [{ args: string[] }] } } };
    };
    expect(spec.template.spec.containers[0].args.join(' ')).toContain(
      '--nats-creds /run/wirebench/creds --nats-ca /run/wirebench/ca --name',
    );
  });
});
