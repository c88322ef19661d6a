/** Whether the parts at given addresses answer now, each by a real round trip. */

import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { ExternalAddresses } from './external-stack.ts';
import { probeKafka } from './native/kafka.ts';
import { probeRabbitmq } from './native/rabbitmq.ts';
import { unlessAborted } from './native/start-part.ts';
import type { BrokerName } from './stack.ts';
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

const restartDeadlineMs = 90_000;
const lookEveryMs = 100;

/** After a restart. Rejects with a BenchError (exit 3) when a real round trip does not succeed in time. */
export async function untilBrokerAnswers(name: BrokerName, address: string): Promise<void> {
  const probe = { rabbitmq: probeRabbitmq, kafka: probeKafka }[name];
  for (const endMs = performance.now() + restartDeadlineMs; ; await sleep(lookEveryMs)) {
    try {
      await unlessAborted<unknown>(probe(address), AbortSignal.timeout(deadlineMs));
      return;
    } catch (cause) {
      if (performance.now() < endMs) continue;
      throw new BenchError(
        'brokerNotBack',
        `${name} did not answer within ${restartDeadlineMs / 1e3} s of its restart`,
        {
          hint: 'Its log tells why.',
          exitCode: exitCodes.stack,
          cause,
        },
      );
    }
  }
}
