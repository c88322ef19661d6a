/** What the shared parts use while nothing is asked of them: brokers never sleep quite. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SupervisedProcess } from '../../targets/process/supervised-process.ts';
import type { RunningStack } from '../../targets/stack/stack.ts';
import { type CpuUse, cpuUse, sampleCpu } from './cpu-account.ts';

const windowMs = 800;
/** A JVM that has just been busy compiles on for a while: the quietest of these is what idling costs. */
const windows = 3;

type IdleUs = Readonly<Record<'rabbitmq' | 'kafka' | 'proxy', number | null>>;

export class IdleCpu {
  readonly #perSecond: IdleUs;

  private constructor(perSecond: IdleUs) {
    this.#perSecond = perSecond;
  }

  /** Takes some seconds in which nothing may be asked of the stack. Rejects with the signal's reason. */
  static async measure(stack: RunningStack, cores: number, signal: AbortSignal): Promise<IdleCpu> {
    let quietest = await measureWindow(stack, cores, signal);
    for (let n = 1; n < windows; n++) quietest = lowerOf(quietest, await measureWindow(stack, cores, signal));
    return new IdleCpu(quietest);
  }

  /** µs of CPU a second, of a trial with this broker, or with none. */
  usPerSecond(broker: 'rabbitmq' | 'kafka' | null): CpuUse['usedUs'] {
    const used = broker === null ? 0 : this.#perSecond[broker];
    return { generator: 0, service: 0, rest: 0, broker: used, proxy: this.#perSecond.proxy };
  }
}

async function measureWindow({ processes }: RunningStack, cores: number, signal: AbortSignal): Promise<IdleUs> {
  const { toxiproxy, rabbitmq, kafka, 'kafka-2': second, 'kafka-3': third } = processes;
  const sample = (...broker: readonly (SupervisedProcess | undefined)[]) =>
    sampleCpu({ ...(toxiproxy && { proxy: [toxiproxy] }), broker: broker.filter((one) => one !== undefined) });
  const sampleBoth = () => [sample(rabbitmq), sample(kafka, second, third)] as const;
  const before = sampleBoth();
  await sleep(windowMs, undefined, { signal });
  const after = sampleBoth();
  const ofRabbitmq = cpuUse(before[0], after[0], cores);
  const ofKafka = cpuUse(before[1], after[1], cores);
  return {
    rabbitmq: perSecond(ofRabbitmq.usedUs.broker, ofRabbitmq.durationMs),
    kafka: perSecond(ofKafka.usedUs.broker, ofKafka.durationMs),
    proxy: perSecond(ofRabbitmq.usedUs.proxy, ofRabbitmq.durationMs),
  };
}

function lowerOf(a: IdleUs, b: IdleUs): IdleUs {
  const lower = (x: number | null, y: number | null) => (x === null || y === null ? null : Math.min(x, y));
  return { rabbitmq: lower(a.rabbitmq, b.rabbitmq), kafka: lower(a.kafka, b.kafka), proxy: lower(a.proxy, b.proxy) };
}

function perSecond(usedUs: number | null, durationMs: number): number | null {
  return usedUs === null ? null : (usedUs * 1e3) / durationMs;
}
