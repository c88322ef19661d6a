import { describe, expect, it } from 'vitest';
import { clusterPlacer } from './cluster-agents.ts';
import { agentCount } from './run-agents.ts';

const placing = { agents: 6, run: '7f3a9c21', allowHosts: [], note: () => undefined };
const whole = { agents: 'kubernetes:6', image: 'registry.example/wirebench:0.2.0', listen: '10.0.0.5' };

describe('--agents kubernetes:N', () => {
  it('is not meant by a number', () => {
    expect(clusterPlacer({ agents: '6' }, placing)).toBeNull();
  });

  it.each([{ image: whole.image }, { namespace: 'perf' }])('is what %o is for, as without any agents', (args) => {
    expect(() => agentCount(args)).toThrow(/is for --agents/);
  });

  it.each<[string, Parameters<typeof clusterPlacer>[0], RegExp]>([
    ['needs an image', { ...whole, image: undefined }, /needs --image/],
    ['needs an address that pods reach', { ...whole, listen: undefined }, /needs --listen or --nats/],
    ['takes CPUs as Kubernetes does', { ...whole, agentCpus: '0.5' }, /--agent-cpus 0.5 is no number of CPUs/],
    ['is what an image is for', { agents: '6', image: whole.image }, /--image is for --agents kubernetes:N/],
    ['is what a namespace is for', { agents: '6', namespace: 'perf' }, /--namespace is for --agents kubernetes:N/],
  ])('%s', (_, args, message) => {
    expect(() => clusterPlacer(args, placing)).toThrow(message);
  });
});
