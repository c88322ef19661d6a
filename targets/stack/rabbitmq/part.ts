import type { GuaranteeClass } from '../../../result/guarantee.ts';
import type { Target } from '../../../scenarios/scenario.ts';
import type { BrokerPart, ComposePart } from '../broker-part.ts';
import { rabbitmqProgram } from './program.ts';

/** `guarantee.integration.test.ts` watches each with strace: who flushes before it confirms, and who only writes. */
const watchedVersion = /^3\.10\b/;

function guarantee(target: Target, version: string): GuaranteeClass | null {
  if (!('confirms' in target) || !watchedVersion.test(version)) return null;
  if (!target.confirms) return 'process memory'; // what has left our own socket
  if ('queue' in target && target.queue?.type === 'stream') return 'broker’s page cache';
  return target.durable ? 'broker’s disk (flushed)' : 'process memory';
}

const compose: ComposePart = {
  ports: { WIREBENCH_RABBITMQ_PORT: 25672 },
  services: () => ['rabbitmq'],
  environment: () => ({}),
  addresses: (_members, local) => ({ address: local('WIREBENCH_RABBITMQ_PORT') }),
};

/** Reached as user guest. */
export const rabbitmqPart: BrokerPart = {
  program: rabbitmqProgram,
  isSystems: true,
  advertises: false,
  compose,
  series: [
    ['4.2', null],
    ['4.1', 'January 2026'],
    ['4.0', 'April 2025'],
    ['3.13', 'September 2024'],
    ['3.12', 'February 2024'],
    ['3.11', 'June 2023'],
    ['3.10', 'July 2023'],
  ],
  async start({ path, context, links, keep, keepHelper, version }) {
    const { startRabbitmq } = await import('./node.ts');
    const rabbitmq = await startRabbitmq(path, context);
    keep('rabbitmq', rabbitmq.process);
    if (rabbitmq.portMapper !== null) keepHelper(rabbitmq.portMapper);
    version(rabbitmq.version);
    const opened = await (await links())?.openBoth(rabbitmq.address);
    return { name: 'rabbitmq', directAddress: rabbitmq.address, links: opened ?? {} };
  },
  probe: async (address) => (await import('./node.ts')).probeRabbitmq(address),
  guarantee,
};
