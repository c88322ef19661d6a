/** Whether the parts at given addresses answer now, each by a real round trip. */

import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { brokerFacts } from '../../scenarios/protocols/registry.ts';
import { unlessAborted } from '../process/unless-aborted.ts';
import { brokerNames, brokerParts } from './broker-parts.ts';
import type { ExternalAddresses } from './external-stack.ts';
import type { BrokerName } from './stack.ts';
import { connectToxiproxy } from './toxiproxy-client.ts';

const deadlineMs = 5_000;

export interface PartHealth {
  readonly name: 'toxiproxy' | BrokerName;
  readonly address: string;
  readonly answers: boolean;
}

export async function checkParts(addresses: ExternalAddresses): Promise<PartHealth[]> {
  const look = async (
    name: PartHealth['name'],
    address: string | undefined,
    probe: (address: string) => Promise<unknown>,
  ): Promise<PartHealth[]> => {
    if (address === undefined) return [];
    const answers = await unlessAborted(probe(address), AbortSignal.timeout(deadlineMs)).then(
      () => true,
      () => false,
    );
    return [{ name, address, answers }];
  };
  const checked = [
    look('toxiproxy', addresses.toxiproxy, (address) => connectToxiproxy(address, deadlineMs).version()),
    ...brokerNames.map((name) => look(name, addresses.brokers?.[name]?.address, brokerParts[name].probe)),
  ];
  return (await Promise.all(checked)).flat();
}

const restartDeadlineMs = 90_000;
const lookEveryMs = 100;

/** After a restart. Rejects with a BenchError (exit 3) when a real round trip does not succeed in time. */
export async function untilBrokerAnswers(name: BrokerName, address: string): Promise<void> {
  for (const endMs = performance.now() + restartDeadlineMs; ; await sleep(lookEveryMs)) {
    try {
      await unlessAborted(brokerParts[name].probe(address), AbortSignal.timeout(deadlineMs));
      return;
    } catch (cause) {
      if (performance.now() < endMs) continue;
      throw new BenchError(
        'brokerNotBack',
        `${brokerFacts[name].title} did not answer within ${restartDeadlineMs / 1e3} s of its restart`,
        {
          hint: 'Its log tells why.',
          exitCode: exitCodes.stack,
          cause,
        },
      );
    }
  }
}
