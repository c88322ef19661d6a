/** Whether the parts at given addresses answer now, each by a real round trip. */
import type { ExternalAddresses } from './external-stack.ts';
import { probeKafka } from './native/kafka.ts';
import { probeRabbitmq } from './native/rabbitmq.ts';
import { unlessAborted } from './native/start-part.ts';
import { connectToxiproxy } from './toxiproxy-client.ts';

const deadlineMs = 5_000;

export interface PartHealth {
  readonly name: 'toxiproxy' | 'rabbitmq' | 'kafka';
  readonly address: string;
  readonly answers: boolean;
}

export async function checkParts(addresses: ExternalAddresses): Promise<PartHealth[]> {
  const probes = {
    toxiproxy: (address: string) => connectToxiproxy(address, deadlineMs).version(),
    rabbitmq: probeRabbitmq,
    kafka: probeKafka,
  } as const;
  const names = ['toxiproxy', 'rabbitmq', 'kafka'] as const;
  const checked = names.map(async (name): Promise<PartHealth[]> => {
    const address = addresses[name];
    if (address === undefined) return [];
    const asked: Promise<unknown> = unlessAborted<unknown>(probes[name](address), AbortSignal.timeout(deadlineMs));
    const answers = await asked.then(
      () => true,
      () => false,
    );
    return [{ name, address, answers }];
  });
  return (await Promise.all(checked)).flat();
}
