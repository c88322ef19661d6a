/** Parts that somebody else runs: nothing is started but, if need be, Toxiproxy; what we put there is taken away again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { isAllowedHost } from '../../scenarios/schema/address.ts';
import { allowDial, firstRefusal } from '../allow-dial.ts';
import { ensurePrograms, type InstallOptions } from './install.ts';
import { probeKafka } from './native/kafka.ts';
import { probeRabbitmq } from './native/rabbitmq.ts';
import { unlessAborted } from './native/start-part.ts';
import { startNativeStack } from './native-stack.ts';
import { joinedLinks, openProxyLinks, type ProxyLinks, removeAbandonedProxies, requireLinks } from './proxy-links.ts';
import { createRunDirectory } from './run-directory.ts';
import type { BrokerLinkName, BrokerName, Link, RunningBroker, RunningStack, StackNeeds } from './stack.ts';
import { connectToxiproxy } from './toxiproxy-client.ts';

const probeDeadlineMs = 10_000;
const askClusterEveryMs = 200;

/** Where a link's proxy listens (what Kafka advertises there) and what is behind it, both `host:port`. */
export interface KafkaLinkAddresses {
  readonly listen: string;
  readonly upstream: string;
}

export interface ExternalAddresses {
  /** URL of Toxiproxy's control API. Absent: one is started here. */
  readonly toxiproxy?: string;
  /** `host:port`, AMQP 0-9-1 without TLS, user guest. */
  readonly rabbitmq?: string;
  /** `host:port` of a listener that advertises itself; of a cluster all of them with commas between. */
  readonly kafka?: string;
  /** Its protocol does not tell; whoever started it may know. */
  readonly kafkaVersion?: string;
  /**
   * Kafka listeners whose advertised address is a proxy's, one of each broker: without them Kafka's clients would go round
   * Toxiproxy.
   */
  readonly kafkaLinks?: Readonly<Record<BrokerLinkName, readonly KafkaLinkAddresses[]>>;
}

export interface ExternalOptions extends InstallOptions {
  /** Hosts outside loopback that load may be sent to. */
  readonly allowHosts?: readonly string[];
}

/** Rejects with a BenchError (exit 3) that names the address that was not given, may not be used or does not answer. */
export async function startExternalStack(
  needs: StackNeeds,
  external: ExternalAddresses,
  options: ExternalOptions,
): Promise<RunningStack> {
  allowDial(options.allowHosts ?? []);
  refuseForeignHosts(external, options.allowHosts ?? []);
  if (needs.kafka && needs.toxiproxy && external.kafkaLinks === undefined) throw kafkaLinksMissing();
  const versions: Record<string, string> = {};
  if (needs.rabbitmq) {
    const probe = (address: string) => probeRabbitmq(address);
    versions.rabbitmq = await requireAnswer('RabbitMQ', '--rabbitmq', external.rabbitmq, probe, options.signal);
  }
  if (needs.kafka) {
    const probe = (address: string, signal: AbortSignal) => probeBrokers(address, needs.kafkaBrokers ?? 1, signal);
    await requireAnswer('Kafka', '--kafka', external.kafka, probe, options.signal);
    versions.kafka = external.kafkaVersion ?? 'unknown';
  }
  const started = needs.toxiproxy && external.toxiproxy === undefined ? await startOwnToxiproxy(options) : null;
  const client = !needs.toxiproxy
    ? null
    : (started?.toxiproxy ?? (external.toxiproxy === undefined ? null : connectToxiproxy(external.toxiproxy)));
  const links = client === null ? null : openProxyLinks(client);
  const directory = started === null ? await createRunDirectory() : null;
  const down = async () => {
    await links?.closeAll();
    await started?.down();
    await directory?.remove();
  };
  try {
    if (client !== null) {
      versions.toxiproxy = await client.version();
      for (const name of await removeAbandonedProxies(client)) options.log(`removed the abandoned proxy ${name}`);
    }
    return {
      mode: 'external',
      versions,
      toxiproxy: client,
      brokers: await openBrokerLinks(needs, external, links),
      processes: started?.processes ?? {},
      directory: started?.directory ?? directory?.path ?? '',
      openLink: async (name, upstream) => requireLinks(links).open(name, upstream),
      closeLink: async (link) => requireLinks(links).close(link),
      down,
    };
  } catch (error) {
    await down();
    throw error;
  }
}

async function openBrokerLinks(
  needs: StackNeeds,
  { rabbitmq, kafka, kafkaLinks }: ExternalAddresses,
  links: ProxyLinks | null,
): Promise<RunningStack['brokers']> {
  const brokers: Partial<Record<BrokerName, RunningBroker>> = {};
  if (needs.rabbitmq && rabbitmq !== undefined) {
    const both = links === null ? {} : await links.openBoth(rabbitmq);
    brokers.rabbitmq = { name: 'rabbitmq', directAddress: rabbitmq, links: both };
  }
  if (needs.kafka && kafka !== undefined) {
    const both = links === null || kafkaLinks === undefined ? {} : await openKafkaLinks(links, kafkaLinks);
    brokers.kafka = { name: 'kafka', directAddress: kafka, links: both };
  }
  return brokers;
}

async function openKafkaLinks(
  links: ProxyLinks,
  addresses: NonNullable<ExternalAddresses['kafkaLinks']>,
): Promise<RunningBroker['links']> {
  const opened: Record<BrokerLinkName, Link[]> = { client: [], service: [] };
  for (const name of ['client', 'service'] as const) {
    for (const { upstream, listen } of addresses[name]) opened[name].push(await links.openAt(name, upstream, listen));
  }
  return joinedLinks(opened);
}

/** Each of several brokers may answer before the controllers count on it: they are asked until all of them do. */
async function probeBrokers(address: string, brokers: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      return await probeKafka(address, brokers);
    } catch (error) {
      if (brokers === 1 || signal.aborted) throw error;
    }
    await sleep(askClusterEveryMs);
  }
}

async function startOwnToxiproxy(options: InstallOptions): Promise<RunningStack> {
  const paths = await ensurePrograms(['toxiproxy'], options);
  return startNativeStack({ toxiproxy: true, rabbitmq: false, kafka: false }, paths, options.signal);
}

async function requireAnswer<T>(
  title: string,
  flag: string,
  address: string | undefined,
  probe: (address: string, bound: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const given = address === undefined ? 'no address was given' : `${address} does not answer`;
  const error = (cause?: unknown) =>
    new BenchError('externalPart', `${title} is needed, but ${given}`, {
      hint: `Give the address of a running one with ${flag} HOST:PORT, or let Wirebench start its own with --stack native.`,
      exitCode: exitCodes.stack,
      cause,
    });
  if (address === undefined) throw error();
  try {
    const bound = AbortSignal.any([signal, AbortSignal.timeout(probeDeadlineMs)]);
    return await unlessAborted(probe(address, bound), bound);
  } catch (cause) {
    signal.throwIfAborted();
    throw firstRefusal() ?? error(cause);
  }
}

/** Nobody is hit who did not ask for it: an address given by a slip is still somebody's broker. */
function refuseForeignHosts(external: ExternalAddresses, allowHosts: readonly string[]): void {
  const { toxiproxy, rabbitmq, kafka, kafkaLinks } = external;
  const links = Object.values(kafkaLinks ?? {}).flat();
  const linked = links.flatMap(({ listen, upstream }) => [listen, upstream]);
  const given = [toxiproxy, rabbitmq, ...(kafka?.split(',') ?? []), ...linked];
  for (const address of given) {
    if (address === undefined) continue;
    const host = URL.parse(address.includes('://') ? address : `bare://${address}`)?.hostname ?? '';
    if (host !== '' && isAllowedHost(host, allowHosts)) continue;
    throw new BenchError('foreignHost', `${address} is neither loopback nor listed under allowHosts`, {
      hint: host === '' ? 'Write HOST:PORT.' : `If load may be sent there, add ${host} to allowHosts in the scenario.`,
      exitCode: exitCodes.usage,
    });
  }
}

function kafkaLinksMissing(): BenchError {
  return new BenchError(
    'kafkaLinks',
    'This Kafka advertises its own address, so its clients would go round Toxiproxy',
    {
      hint: 'Give it two more listeners whose advertised addresses are proxies, and name them with --kafka-client-link LISTEN,UPSTREAM and --kafka-service-link LISTEN,UPSTREAM; or set `via: direct` on the target.',
      exitCode: exitCodes.stack,
    },
  );
}
