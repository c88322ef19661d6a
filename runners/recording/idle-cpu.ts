/** What the shared parts use while nothing is asked of them: brokers never sleep quite. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type BrokerName, brokerProcesses, type RunningStack, startedBrokers } from '../../targets/stack/stack.ts';
import { type CpuUse, cpuUse, sampleCpu } from './cpu-account.ts';

const windowMs = 800;
/** A JVM that has just been busy compiles on for a while: the quietest of these is what idling costs. */
const windows = 3;

/** µs of CPU a second; null: not known. */
interface IdleUs {
  readonly brokers: ReadonlyMap<BrokerName, number | null>;
  readonly proxy: number | null;
}

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
  usPerSecond(broker: BrokerName | null): CpuUse['usedUs'] {
    const used = broker === null ? 0 : (this.#perSecond.brokers.get(broker) ?? null);
    return { generator: 0, service: 0, rest: 0, broker: used, proxy: this.#perSecond.proxy, subscribers: 0 };
  }
}

async function measureWindow(stack: RunningStack, cores: number, signal: AbortSignal): Promise<IdleUs> {
  const { toxiproxy } = stack.processes;
  const proxy = toxiproxy === undefined ? {} : { proxy: [toxiproxy] };
  const sample = () =>
    new Map(startedBrokers(stack).map((name) => [name, sampleCpu({ broker: brokerProcesses(stack, name) })]));
  const before = { proxy: sampleCpu(proxy), brokers: sample() };
  await sleep(windowMs, undefined, { signal });
  const after = { proxy: sampleCpu(proxy), brokers: sample() };
  const brokers = new Map<BrokerName, number | null>();
  for (const [name, begun] of before.brokers) {
    const ended = after.brokers.get(name);
    const used = ended === undefined ? null : cpuUse(begun, ended, cores);
    brokers.set(name, used === null ? null : perSecond(used.usedUs.broker, used.durationMs));
  }
  const ofProxy = cpuUse(before.proxy, after.proxy, cores);
  return { brokers, proxy: perSecond(ofProxy.usedUs.proxy, ofProxy.durationMs) };
}

function lowerOf(a: IdleUs, b: IdleUs): IdleUs {
  const lower = (x: number | null, y: number | null) => (x === null || y === null ? null : Math.min(x, y));
  const brokers = [...a.brokers].map(([name, used]) => [name, lower(used, b.brokers.get(name) ?? null)] as const);
  return { brokers: new Map(brokers), proxy: lower(a.proxy, b.proxy) };
}

function perSecond(usedUs: number | null, durationMs: number): number | null {
  return usedUs === null ? null : (usedUs * 1e3) / durationMs;
}
