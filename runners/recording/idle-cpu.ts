/** What the shared parts use while nothing is asked of them: brokers never sleep quite. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningStack } from '../../targets/stack/stack.ts';
import { type CpuUse, cpuUse, sampleCpu } from './cpu-account.ts';

const idleMs = 1_000;

export class IdleCpu {
  readonly #proxyUsPerSecond: number | null;
  readonly #byBroker: Readonly<Record<'rabbitmq' | 'kafka', number | null>>;

  private constructor(
    proxyUsPerSecond: number | null,
    byBroker: Readonly<Record<'rabbitmq' | 'kafka', number | null>>,
  ) {
    this.#proxyUsPerSecond = proxyUsPerSecond;
    this.#byBroker = byBroker;
  }

  /** Takes a second in which nothing may be asked of the stack. Rejects with the signal's reason. */
  static async measure({ processes }: RunningStack, cores: number, signal: AbortSignal): Promise<IdleCpu> {
    const { toxiproxy, rabbitmq, kafka } = processes;
    const sample = (broker: typeof rabbitmq) =>
      sampleCpu({ ...(toxiproxy && { proxy: [toxiproxy] }), ...(broker && { broker: [broker] }) });
    const before = [sample(rabbitmq), sample(kafka)] as const;
    await sleep(idleMs, undefined, { signal });
    const ofRabbitmq = cpuUse(before[0], sample(rabbitmq), cores);
    const ofKafka = cpuUse(before[1], sample(kafka), cores);
    return new IdleCpu(perSecond(ofRabbitmq.usedUs.proxy, ofRabbitmq.durationMs), {
      rabbitmq: perSecond(ofRabbitmq.usedUs.broker, ofRabbitmq.durationMs),
      kafka: perSecond(ofKafka.usedUs.broker, ofKafka.durationMs),
    });
  }

  /** µs of CPU a second, of a trial with this broker, or with none. */
  usPerSecond(broker: 'rabbitmq' | 'kafka' | null): CpuUse['usedUs'] {
    const used = broker === null ? 0 : this.#byBroker[broker];
    return { generator: 0, service: 0, rest: 0, broker: used, proxy: this.#proxyUsPerSecond };
  }
}

function perSecond(usedUs: number | null, durationMs: number): number | null {
  return usedUs === null ? null : (usedUs * 1e3) / durationMs;
}
