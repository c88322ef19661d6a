/** The main process's side of a trial's subscribers: starts their processes before the load, ends them when all is delivered. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { beside } from '../../result/beside.ts';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { audienceOf } from '../../scenarios/audience.ts';
import { type SupervisedProcess, startProcess } from '../../targets/process/supervised-process.ts';
import { putTogether } from '../load/worker-error.ts';
import type {
  SubscriberCommand,
  SubscriberData,
  SubscriberPlan,
  SubscriberProgress,
  SubscriberReport,
} from './subscriber-messages.ts';

/** At least two: an event that all of one process have to take in turn says something of the others as well. */
export const subscriberProcesses = 2;

const openDeadlineMs = 30_000;
const answerDeadlineMs = 5_000;
const finishDeadlineMs = 20_000;
const stopGraceMs = 500;
const lookMs = 50;
/** What was published last is there, or will not come any more. */
const quietMs = 500;
/** And an interval, where subscribers ask: nothing is missed before each has asked once more. */
const longestDrainMs = 10_000;

export type CrewPlan = Omit<SubscriberPlan, 'subscribers' | 'process' | 'processes' | 'originUs'>;

export interface SubscriberRecord {
  readonly subscribers: readonly number[];
  readonly path: string;
  readonly data: SubscriberData;
}

/** null: a process of subscribers was lost, so nobody knows what was delivered. */
export interface SubscriberRecords {
  readonly originUs: number;
  readonly processes: readonly SubscriberRecord[] | null;
}

interface Member {
  readonly process: SupervisedProcess;
  readonly subscribers: readonly number[];
}

export class SubscriberCrew {
  readonly #members: readonly Member[];
  readonly #originUs: number;
  readonly #pollMs: number;
  readonly count: number;
  /** Deliveries that each publication owes. */
  readonly owed: number;

  private constructor(members: readonly Member[], originUs: number, { count, target }: CrewPlan) {
    this.#members = members;
    this.#originUs = originUs;
    this.#pollMs = target.push?.pollMs ?? 0;
    this.count = count;
    this.owed = audienceOf(count, target).owed;
  }

  /** Resolves once each is subscribed. Rejects with a BenchError, or the signal's reason. `logPath`: what each log begins with. */
  static async open(plan: CrewPlan, logPath: string, signal: AbortSignal): Promise<SubscriberCrew> {
    const processes = Math.min(plan.count, subscriberProcesses);
    const originUs = monotonicNowUs();
    const members: Member[] = [];
    try {
      for (let n = 0; n < processes; n++) {
        const subscribers = Array.from({ length: plan.count }, (_, i) => i).filter((i) => i % processes === n);
        const options = {
          name: `subscribers ${n + 1}`,
          command: process.execPath,
          args: [beside(import.meta.url, 'subscriber-process')],
          logPath: `${logPath}.subscribers-${n + 1}.log`,
          ipc: true,
        };
        members.push({ process: await startProcess(options), subscribers });
      }
      const opened = members.map(({ process, subscribers }, n) => {
        const whenOpened = nextReport(process, 'opened', openDeadlineMs, signal);
        const own = { ...plan, subscribers, process: n, processes, originUs };
        send(process, { type: 'open', plan: own });
        return whenOpened;
      });
      await Promise.all(opened);
      return new SubscriberCrew(members, originUs, plan);
    } catch (error) {
      await Promise.all(members.map(({ process }) => process.stop(stopGraceMs)));
      throw error;
    }
  }

  get processes(): readonly SupervisedProcess[] {
    return this.#members.map(({ process }) => process);
  }

  measure(fromUs: number, toUs: number): void {
    for (const { process } of this.#members) send(process, { type: 'measure', fromUs, toUs });
  }

  /** They stop reading, or go on. Resolves when they do. */
  async tell(type: 'pause' | 'resume', subscribers: readonly number[]): Promise<void> {
    await Promise.all(
      this.#members.map(async ({ process, subscribers: own }) => {
        const meant = own.filter((one) => subscribers.includes(one));
        if (meant.length === 0 || process.exit !== null) return;
        const done = nextReport(process, 'done', answerDeadlineMs);
        send(process, { type, subscribers: meant });
        await done;
      }),
    );
  }

  /**
   * After the load: until `expected` pairs are in, or nothing more comes while all are connected. Resolves with how long
   * that was, ms. `expected`: null: not known.
   */
  async drain(expected: number | null, signal: AbortSignal): Promise<number> {
    const startedMs = performance.now();
    const quietForMs = Math.max(quietMs, 2.5 * this.#pollMs);
    for (;;) {
      const waitedMs = performance.now() - startedMs;
      const all = await Promise.all(this.#members.map(({ process }) => progressOf(process)));
      const known = all.filter((one) => one !== null);
      const received = known.reduce((sum, one) => sum + one.received, 0);
      const lastUs = Math.max(0, ...known.map((one) => one.lastUs));
      const isQuiet = Math.min(waitedMs, (monotonicNowUs() - lastUs) / 1e3) >= quietForMs;
      const isConnected = known.every(({ lost }) => lost === 0);
      const isOver = expected !== null && received >= expected;
      const isLost = known.length < all.length;
      if (isOver || isLost || (isQuiet && isConnected) || waitedMs >= longestDrainMs + this.#pollMs || signal.aborted)
        return waitedMs;
      await sleep(lookMs);
    }
  }

  /** Ends them. The deliveries are in files of this folder. */
  async finish(folder: string, trialId: string): Promise<SubscriberRecords> {
    const records = this.#members.map(async ({ process, subscribers }, n): Promise<SubscriberRecord | null> => {
      if (process.exit !== null) return null;
      const path = join(folder, `${trialId}.deliveries-${n + 1}`);
      const finished = nextReport(process, 'finished', finishDeadlineMs).catch(() => null);
      send(process, { type: 'finish', path });
      const report = await finished;
      return report === null ? null : { subscribers, path, data: report.data };
    });
    const all = await Promise.all(records);
    await this.close();
    const whole = all.filter((one) => one !== null);
    return { originUs: this.#originUs, processes: whole.length < all.length ? null : whole };
  }

  async close(): Promise<void> {
    await Promise.all(this.#members.map(({ process }) => process.stop(stopGraceMs)));
  }
}

function send(process: SupervisedProcess, command: SubscriberCommand): void {
  process.send(command);
}

async function progressOf(process: SupervisedProcess): Promise<SubscriberProgress | null> {
  if (process.exit !== null) return null;
  const told = nextReport(process, 'progress', answerDeadlineMs).catch(() => null);
  send(process, { type: 'progress' });
  return told;
}

type ReportOf<Type> = Extract<SubscriberReport, { readonly type: Type }>;

/** Rejects with what the process reports as its failure, when it ends, and when it says nothing in time. */
function nextReport<Type extends SubscriberReport['type']>(
  process: SupervisedProcess,
  type: Type,
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<ReportOf<Type>> {
  const { promise, resolve, reject } = Promise.withResolvers<ReportOf<Type>>();
  const fail = (why: string) => {
    const hint = process.logTail() === '' ? `Its log is ${process.logPath}.` : process.logTail();
    reject(new BenchError('subscribersLost', `The ${process.name} ${why}`, { hint, exitCode: exitCodes.stack }));
  };
  const forget = [
    process.onMessage((message) => {
      const report = message as SubscriberReport;
      if (report.type === 'failed') reject(putTogether(report.error));
      else if (report.type === type) resolve(report as ReportOf<Type>);
    }),
    process.onExit(() => fail('ended')),
  ];
  const timer = setTimeout(() => fail(`did not answer within ${deadlineMs / 1e3} s`), deadlineMs);
  const abort = () => reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  promise
    .catch(() => undefined)
    .finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      for (const one of forget) one();
    });
  return promise;
}
