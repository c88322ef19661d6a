/** The options that say which stack a run uses. */
import { BenchError, exitCodes } from '../result/bench-error.ts';
import type { ExternalAddresses, KafkaLinkAddresses } from '../targets/stack/external-stack.ts';
import { readKeptStack } from '../targets/stack/kept-stack.ts';
import { type StackMode, stackModes } from '../targets/stack/stack.ts';

const text = { type: 'string', nargs: 1, group: 'External stack:' } as const;

export const stackOptions = {
  stack: { choices: stackModes, default: 'auto' as StackMode, describe: 'where brokers and Toxiproxy come from' },
  yes: { alias: 'y', type: 'boolean', default: false, describe: 'install what is missing without asking' },
  toxiproxy: { ...text, describe: 'URL of a running Toxiproxy’s API' },
  rabbitmq: { ...text, describe: 'HOST:PORT of a running RabbitMQ' },
  kafka: { ...text, describe: 'HOST:PORT of a running Kafka’s listener' },
  'kafka-client-link': { ...text, describe: 'LISTEN,UPSTREAM: a Kafka listener that advertises a proxy' },
  'kafka-service-link': { ...text, describe: 'LISTEN,UPSTREAM: the same for the service' },
} as const;

export interface StackArguments {
  readonly stack: StackMode;
  readonly yes: boolean;
  readonly toxiproxy?: string | undefined;
  readonly rabbitmq?: string | undefined;
  readonly kafka?: string | undefined;
  readonly kafkaClientLink?: string | undefined;
  readonly kafkaServiceLink?: string | undefined;
}

/** From the options; with `--stack external` and none of them, the stack that `bench stack up` keeps. */
export async function externalAddresses(args: StackArguments): Promise<ExternalAddresses> {
  const client = linkFrom('--kafka-client-link', args.kafkaClientLink);
  const service = linkFrom('--kafka-service-link', args.kafkaServiceLink);
  const given: ExternalAddresses = {
    ...(args.toxiproxy !== undefined && { toxiproxy: args.toxiproxy }),
    ...(args.rabbitmq !== undefined && { rabbitmq: args.rabbitmq }),
    ...(args.kafka !== undefined && { kafka: args.kafka }),
    ...(client !== undefined && service !== undefined && { kafkaLinks: { client: [client], service: [service] } }),
  };
  if (args.stack !== 'external' || Object.keys(given).length > 0) return given;
  return (await readKeptStack())?.addresses ?? {};
}

function linkFrom(option: string, text: string | undefined): KafkaLinkAddresses | undefined {
  if (text === undefined) return undefined;
  const [listen, upstream, ...rest] = text.split(',');
  if (listen !== undefined && upstream !== undefined && rest.length === 0) return { listen, upstream };
  throw new BenchError('commandLine', `${option} ${text} is not of the form LISTEN,UPSTREAM`, {
    hint: `For example: ${option} 127.0.0.1:19093,127.0.0.1:9093`,
    exitCode: exitCodes.usage,
  });
}
