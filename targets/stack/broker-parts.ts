/**
 * The brokers of the native stack, a row each: how one is started, and how it is asked whether it is there. What is in no row
 * does not compile.
 */
import { onPath } from '../process/on-path.ts';
import type { SupervisedProcess } from '../process/supervised-process.ts';
import { planKafkaNodes, probeKafka, startKafka } from './native/kafka.ts';
import { probeRabbitmq, startRabbitmq } from './native/rabbitmq.ts';
import type { PartContext } from './native/start-part.ts';
import { joinedLinks, type ProxyLinks } from './proxy-links.ts';
import type {
  BrokerLinkName,
  BrokerMember,
  BrokerName,
  Link,
  ProcessName,
  RunningBroker,
  StackNeeds,
} from './stack.ts';

/** What the stack lends a broker that starts, and keeps of it. */
export interface BrokerHost {
  /** Installed program. */
  readonly path: string;
  readonly context: PartContext;
  readonly needs: StackNeeds;
  /** Resolves once Toxiproxy runs; null: nothing goes through a proxy. */
  links(): Promise<ProxyLinks | null>;
  /** It ends with the stack, and its CPU is the broker's. */
  keep(name: ProcessName, process: SupervisedProcess): void;
  /** It ends with the stack, and is nobody's account. */
  keepHelper(process: SupervisedProcess): void;
  version(text: string): void;
}

export interface BrokerPart {
  /** Rejects with a BenchError (exit 3) when it does not get ready. */
  start(host: BrokerHost): Promise<RunningBroker>;
  /** A real round trip; rejects when there is none. */
  probe(address: string): Promise<unknown>;
}

const clusterProcesses = ['kafka', 'kafka-2', 'kafka-3'] as const satisfies readonly ProcessName[];

export const brokerParts = {
  rabbitmq: {
    async start({ path, context, links, keep, keepHelper, version }) {
      const rabbitmq = await startRabbitmq(path, context);
      keep('rabbitmq', rabbitmq.process);
      if (rabbitmq.portMapper !== null) keepHelper(rabbitmq.portMapper);
      version(rabbitmq.version);
      const opened = await (await links())?.openBoth(rabbitmq.address);
      return { name: 'rabbitmq', directAddress: rabbitmq.address, links: opened ?? {} };
    },
    probe: probeRabbitmq,
  },
  kafka: {
    async start({ path, context, needs: { kafkaBrokers = 1 }, links, keep, version }) {
      const proxies = await links(); // they come first: their addresses are what it advertises
      const program = { jars: path, java: onPath('java') ?? 'java' };
      const opened: Record<BrokerLinkName, Link[]> = { client: [], service: [] };
      const nodes = await planKafkaNodes(kafkaBrokers);
      const starts = nodes.map(async (node): Promise<BrokerMember> => {
        const started = await startKafka(program, node, context, async (name, upstream) => {
          if (proxies === null) return upstream;
          const link = await proxies.open(name, upstream);
          opened[name].push(link);
          return link.address;
        });
        keep(clusterProcesses[node.id - 1] ?? 'kafka', started.process);
        version(started.version);
        return { id: node.id, directAddress: started.address, process: started.process };
      });
      const members = await Promise.all(starts);
      return {
        name: 'kafka',
        directAddress: members.map(({ directAddress }) => directAddress).join(','),
        links: joinedLinks(opened),
        ...(kafkaBrokers > 1 && { members }),
      };
    },
    probe: (address) => probeKafka(address),
  },
} as const satisfies Record<BrokerName, BrokerPart>;

export const brokerNames = Object.keys(brokerParts) as BrokerName[];
/** All that a stack may be made of. */
export const stackParts = ['toxiproxy', ...brokerNames] as const;
