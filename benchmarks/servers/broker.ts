/** RabbitMQ or Kafka as `bench run` itself starts them, without a proxy before them. */
import { type BrokerName, requireBroker } from '../../targets/stack/stack.ts';
import { startStack } from '../../targets/stack/start-stack.ts';
import type { RunningServer } from './running-server.ts';

export interface RunningBroker extends RunningServer {
  readonly versions: Readonly<Record<string, string>>;
}

export async function startBroker(
  name: BrokerName,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<RunningBroker> {
  const needs = { toxiproxy: false, brokers: { [name]: 1 } };
  const stack = await startStack({ mode: 'native', needs, confirm: async () => true, log, signal });
  const { directAddress: address } = requireBroker(stack.brokers, name);
  return { address, versions: stack.versions, stop: () => stack.down() };
}
