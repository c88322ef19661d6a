import type { GuaranteeClass } from '../../../result/guarantee.ts';
import type { Target } from '../../../scenarios/scenario.ts';
import { onPath } from '../../process/on-path.ts';
import type { BrokerHost, BrokerPart } from '../broker-part.ts';
import { joinedLinks } from '../proxy-links.ts';
import type { BrokerLinkName, BrokerMember, Link, RunningBroker } from '../stack.ts';
import { kafkaCompose } from './compose.ts';
import { kafkaProgram } from './program.ts';

/** `guarantee.integration.test.ts` watches it with strace: it only writes before it acknowledges. */
const watchedVersion = /^4\.3\b/;
/** Its leader is the one that faults hit. */
const firstPartition = 0;

function guarantee(target: Target, version: string): GuaranteeClass | null {
  if (target.protocol !== 'stream' || !watchedVersion.test(version)) return null;
  const { acks, replicas = 1 } = target;
  if (acks === 0) return 'process memory'; // what has left our own socket
  // All in-sync replicas of one are one: then `all` promises no more than `1`.
  return acks === 'all' && replicas > 1 ? 'replicated' : 'broker’s page cache';
}

async function start({ path, context, members, isSecured, links, keep, version }: BrokerHost): Promise<RunningBroker> {
  const { planKafkaNodes, startKafka } = await import('./node.ts');
  const proxies = await links(); // they come first: their addresses are what it advertises
  const program = { jars: path, java: onPath('java') ?? 'java' };
  const opened: Record<BrokerLinkName, Link[]> = { client: [], service: [] };
  const nodes = await planKafkaNodes(members);
  const folders: string[] = [];
  const secured = isSecured ? await (await import('./secure-kafka.ts')).secureKafka(context.directory) : null;
  const starts = nodes.map(async (node): Promise<BrokerMember> => {
    const advertise = async (name: BrokerLinkName, upstream: string) => {
      if (proxies === null) return upstream;
      const link = await proxies.open(name, upstream);
      opened[name].push(link);
      return link.address;
    };
    const started = await startKafka(program, node, context, advertise, secured);
    keep(node.id === 1 ? 'kafka' : `kafka-${node.id}`, started.process);
    version(started.version);
    folders.push(started.folder);
    return { id: node.id, directAddress: started.address, process: started.process };
  });
  const started = await Promise.all(starts);
  return {
    name: 'kafka',
    directAddress: started.map(({ directAddress }) => directAddress).join(','),
    folders,
    links: joinedLinks(opened),
    ...(members > 1 && { members: started }),
    ...(secured !== null && { security: secured.security }),
  };
}

export const kafkaPart: BrokerPart = {
  program: kafkaProgram,
  isSystems: false,
  advertises: true,
  compose: kafkaCompose,
  /** Its makers care for the latest three minor versions. */
  series: [
    ['4.3', null],
    ['4.2', null],
    ['4.1', null],
    ['4.0', 'May 2026'],
  ],
  start,
  async probe(address, members) {
    await (await import('./node.ts')).probeKafka(address, members);
    return null;
  },
  guarantee,
  leads: {
    what: (topic) => ({ ledPartition: `${topic}-${firstPartition}` }),
    leaderOf: async (addresses, topic) =>
      (await import('./partition-leader.ts')).leaderOf(addresses, topic, firstPartition),
  },
};
