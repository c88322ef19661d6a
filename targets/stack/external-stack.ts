/** Parts that somebody else runs: nothing is started but, if need be, Toxiproxy; what we put there is taken away again. */
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { ensurePrograms, type InstallOptions } from './install.ts';
import { probeKafka } from './native/kafka.ts';
import { probeRabbitmq } from './native/rabbitmq.ts';
import { startNativeStack } from './native-stack.ts';
import { openProxyLinks, requireLinks } from './proxy-links.ts';
import { createRunDirectory } from './run-directory.ts';
import type { BrokerName, Link, RunningBroker, RunningStack, StackNeeds } from './stack.ts';
import { connectToxiproxy } from './toxiproxy-client.ts';

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
  /** `host:port` of a listener that advertises itself. */
  readonly kafka?: string;
  /** Kafka listeners whose advertised address is a proxy's: without them Kafka's clients would go round Toxiproxy. */
  readonly kafkaLinks?: { readonly client: KafkaLinkAddresses; readonly service: KafkaLinkAddresses };
}

/** Rejects with a BenchError (exit 3) that names the address that was not given or does not answer. */
export async function startExternalStack(
  needs: StackNeeds,
  external: ExternalAddresses,
  options: InstallOptions,
): Promise<RunningStack> {
  if (needs.rabbitmq) await requireAnswer('RabbitMQ', '--rabbitmq', external.rabbitmq, probeRabbitmq);
  if (needs.kafka) await requireAnswer('Kafka', '--kafka', external.kafka, probeKafka);
  const native = needs.toxiproxy && external.toxiproxy === undefined ? await startOwnToxiproxy(options) : null;
  try {
    const client =
      native?.toxiproxy ?? (external.toxiproxy === undefined ? null : connectToxiproxy(external.toxiproxy));
    const versions: Record<string, string> = client === null ? {} : { toxiproxy: await client.version() };
    const links = client === null ? null : openProxyLinks(client);
    const brokers: Partial<Record<BrokerName, RunningBroker>> = {};
    const open = async (name: BrokerName, directAddress: string, kafkaLinks?: ExternalAddresses['kafkaLinks']) => {
      const found: { client?: Link; service?: Link } = {};
      for (const side of ['client', 'service'] as const) {
        if (links === null) continue;
        const at = kafkaLinks?.[side];
        found[side] = await links.open(side, at?.upstream ?? directAddress, at?.listen);
      }
      brokers[name] = { name, directAddress, links: found };
    };
    if (needs.rabbitmq && external.rabbitmq !== undefined) {
      versions.rabbitmq = await probeRabbitmq(external.rabbitmq);
      await open('rabbitmq', external.rabbitmq);
    }
    if (needs.kafka && external.kafka !== undefined) {
      if (links !== null && external.kafkaLinks === undefined) throw kafkaLinksMissing();
      versions.kafka = 'external';
      await open('kafka', external.kafka, external.kafkaLinks);
    }
    const directory = native === null ? await createRunDirectory() : null;
    return {
      mode: 'external',
      versions,
      toxiproxy: client,
      brokers,
      processes: native?.processes ?? {},
      directory: native?.directory ?? directory?.path ?? '',
      openLink: async (name, upstream) => requireLinks(links).open(name, upstream),
      closeLink: async (link) => requireLinks(links).close(link),
      down: async () => {
        await links?.closeAll();
        await native?.down();
        await directory?.remove();
      },
    };
  } catch (error) {
    await native?.down();
    throw error;
  }
}

async function startOwnToxiproxy(options: InstallOptions): Promise<RunningStack> {
  const paths = await ensurePrograms(['toxiproxy'], options);
  return startNativeStack({ toxiproxy: true, rabbitmq: false, kafka: false }, paths, options.signal);
}

async function requireAnswer(
  title: string,
  flag: string,
  address: string | undefined,
  probe: (address: string) => Promise<unknown>,
): Promise<void> {
  const given = address === undefined ? 'no address was given' : `${address} does not answer`;
  const error = (cause?: unknown) =>
    new BenchError('externalPart', `${title} is needed, but ${given}`, {
      hint: `Give the address of a running one with ${flag} HOST:PORT, or let Wirebench start its own with --stack native.`,
      exitCode: exitCodes.stack,
      cause,
    });
  if (address === undefined) throw error();
  await probe(address).catch((cause: unknown) => {
    throw error(cause);
  });
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
