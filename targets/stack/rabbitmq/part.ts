import type { GuaranteeClass } from '../../../result/guarantee.ts';
import type { Target } from '../../../scenarios/scenario.ts';
import type { BrokerHost, BrokerPart } from '../broker-part.ts';
import type { BrokerMember, RunningBroker } from '../stack.ts';
import { rabbitmqCompose } from './compose.ts';
import { rabbitmqProgram } from './program.ts';

/** `guarantee.integration.test.ts` watches each with strace: who flushes before it confirms, and who only writes. */
const watchedVersion = /^3\.10\b/;

function guarantee(target: Target, version: string): GuaranteeClass | null {
  if (!('confirms' in target) || !watchedVersion.test(version)) return null;
  if (!target.confirms) return 'process memory'; // what has left our own socket
  if ('replicas' in target && target.replicas !== undefined) return 'replicated'; // flushed by two of three, too
  if ('queue' in target && target.queue?.type === 'stream') return 'broker’s page cache';
  return target.durable ? 'broker’s disk (flushed)' : 'process memory';
}

/** The first alone, then the others side by side, which join it. */
async function start({
  path,
  context,
  members,
  isSecured,
  links,
  keep,
  keepHelper,
  version,
}: BrokerHost): Promise<RunningBroker> {
  const [{ startPortMapper, startRabbitmq }, { planRabbitmqNodes }, { probeRabbitmq }] = await Promise.all([
    import('./node.ts'),
    import('./plan-nodes.ts'),
    import('./probe.ts'),
  ]);
  const plan = await planRabbitmqNodes(members);
  const portMapper = await startPortMapper(plan.portMapper, context);
  if (portMapper !== null) keepHelper(portMapper);
  const folders: string[] = [];
  const secured = isSecured ? await (await import('./secure-rabbitmq.ts')).secureRabbitmq(context.directory) : null;
  const startOne = async (node: (typeof plan.nodes)[number]): Promise<BrokerMember> => {
    const started = await startRabbitmq(path, plan, node, context, secured);
    keep(node.id === 1 ? 'rabbitmq' : `rabbitmq-${node.id}`, started.process);
    version(started.version);
    folders.push(started.folder);
    const { id, process, address, managementAddress } = started;
    return { id, process, directAddress: address, ...(managementAddress !== null && { asked: managementAddress }) };
  };
  const [first, ...others] = plan.nodes;
  const started = [await startOne(first), ...(await Promise.all(others.map(startOne)))];
  const directAddress = started.map((one) => one.directAddress).join(',');
  if (members > 1) await probeRabbitmq(directAddress);
  const opened = await (await links())?.openBoth(directAddress);
  return {
    name: 'rabbitmq',
    ...{ directAddress, folders, links: opened ?? {} },
    ...(members > 1 && { members: started }),
    ...(secured !== null && { security: secured.securityAt(directAddress) }),
  };
}

/** Reached as user guest. */
export const rabbitmqPart: BrokerPart = {
  program: rabbitmqProgram,
  isSystems: true,
  advertises: false,
  compose: rabbitmqCompose,
  series: [
    ['4.2', null],
    ['4.1', 'January 2026'],
    ['4.0', 'April 2025'],
    ['3.13', 'September 2024'],
    ['3.12', 'February 2024'],
    ['3.11', 'June 2023'],
    ['3.10', 'July 2023'],
  ],
  start,
  probe: async (address) => (await import('./probe.ts')).probeRabbitmq(address),
  guarantee,
  leads: {
    what: (queue) => ({ ledQueue: queue }),
    leaderOf: async (...asked) => (await import('./queue-leader.ts')).queueLeader(...asked),
  },
};
