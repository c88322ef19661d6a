/** Our reference services: one process each, a module for the pinned Node or a program, told what to do over IPC. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import type { ArmedFailpoint } from '../domain/failpoint.ts';
import type {
  LastWords,
  MemberPlace,
  ReferenceServiceSettings,
  ServiceCommand,
  ServiceReport,
} from '../domain/host-service.ts';
import type { RebuildReport } from '../domain/rebuild-report.ts';
import type { PendingWork } from '../domain/service-domain.ts';
import type { ServiceOptions } from '../domain/service-options.ts';
import { type SupervisedProcess, startProcess } from './supervised-process.ts';

const defaultStartDeadlineMs = 20_000;
/** A log that is to begin with many events takes its time. */
const historyPerMs = 5;
const rebuildDeadlineMs = 60_000;
const stopGraceMs = 2_500;
const adjustDeadlineMs = 2_000;
/** Who leaves a group does before what it has in hand. */
const placeDeadlineMs = 5_000;

export interface RunningService {
  readonly process: SupervisedProcess;
  /** Tells it when warm-up will be over (monotonic µs): what it does at a known time is counted from there. */
  loadStarts(zeroUs: number): void;
  /** Resolves with its last words; null: it said none, or had been restarted and knows but a part. */
  stop(): Promise<LastWords | null>;
  /** The same service with the same options, killed first if it still runs; resolved when it is ready again. */
  restart(): Promise<void>;
  /** Of one whose state is a log: how it was folded anew, each time that it was. */
  readonly rebuilds: readonly (RebuildReport & { readonly servingUs: number })[];
  /** That since the last start. Rejects when it takes too long, or the process ends. */
  rebuilt(signal: AbortSignal): Promise<RebuildReport>;
  /**
   * Changes how it behaves from the next operation on; resolves with the number of operations it has taken up so far.
   * Rejects when it does not say so in time.
   */
  adjust(settings: ReferenceServiceSettings): Promise<number>;
  /** Of a part of a flow: what it could still move; null: it is gone, or does not say so in time. */
  pending(): Promise<PendingWork | null>;
  /**
   * It gives back to its broker what it holds, and takes no more. Resolves when it has done so or is not there; it rejects
   * when it does not say so in time.
   */
  release(): Promise<void>;
  /**
   * Whether it takes messages from its broker. Resolves when it does, or does not any more, or has ended; it rejects when it
   * does not say so in time.
   */
  consume(isOn: boolean): Promise<void>;
  /** Of a consumer group: it joins or leaves. Resolves and rejects as `consume` does. */
  member(place: MemberPlace): Promise<void>;
  /**
   * Its process ends, as is then expected, at this moment of an operation that comes from now on; null: it does not any more.
   * Resolves when it knows, or has ended. Rejects when it does not say so in time.
   */
  arm(failpoint: ArmedFailpoint | null): Promise<void>;
}

/** Resolves when the service is ready. Rejects with a BenchError (exit 3) that holds the end of its log. */
export async function startReferenceService(
  servicePath: string,
  options: ServiceOptions,
  logPath: string,
  startDeadlineMs: number = defaultStartDeadlineMs,
): Promise<RunningService> {
  const name = `${options.protocol} service`;
  const isModule = /\.[jt]s$/.test(servicePath);
  const started = isModule ? { command: process.execPath, args: [servicePath] } : { command: servicePath, args: [] };
  const child = await startProcess({ name, ...started, logPath, ipc: true });
  const begin = async () => {
    const ready = whenReady(child, startDeadlineMs + (options.history ?? 0) / historyPerMs);
    child.send({ type: 'start', options } satisfies ServiceCommand);
    await ready;
  };
  const beginOrKill = async () => {
    try {
      await begin();
    } catch (error) {
      await child.kill();
      throw error;
    }
  };
  await beginOrKill();
  let lastWords: LastWords | null = null;
  let isFirstLife = true;
  const lives: { servingUs: number; report: RebuildReport | null }[] = [];
  let rebuilt = Promise.withResolvers<RebuildReport>();
  child.onMessage((message) => {
    const report = message as ServiceReport;
    if (report.type === 'stopped' && isFirstLife) lastWords = report;
    if (report.type === 'rebuilt') {
      const life = lives.at(-1);
      if (life !== undefined) life.report = report.report;
      rebuilt.resolve(report.report);
    }
  });
  return {
    process: child,
    loadStarts(zeroUs) {
      child.send({ type: 'loadStarts', zeroUs } satisfies ServiceCommand);
    },
    async stop() {
      child.expectEnd();
      child.send({ type: 'stop' } satisfies ServiceCommand);
      await Promise.race([child.ended(), new Promise((resolve) => setTimeout(resolve, stopGraceMs).unref())]);
      await child.stop(500);
      return lastWords;
    },
    async restart() {
      isFirstLife = false;
      rebuilt = Promise.withResolvers();
      const life: (typeof lives)[number] = { servingUs: Number.POSITIVE_INFINITY, report: null };
      lives.push(life);
      await child.restart();
      await beginOrKill();
      life.servingUs = monotonicNowUs();
    },
    get rebuilds() {
      return lives.flatMap(({ report, servingUs }) => (report === null ? [] : { ...report, servingUs }));
    },
    async rebuilt(signal) {
      const late = sleep(rebuildDeadlineMs, undefined, { signal, ref: false }).then(() => {
        throw new Error(`the ${name} had not folded its log within ${rebuildDeadlineMs / 1e3} s`);
      });
      return Promise.race([
        rebuilt.promise,
        late,
        child.ended().then(() => Promise.reject(new Error(`the ${name} ended before it had folded its log`))),
      ]);
    },
    adjust(settings) {
      const adjusted = nextReport(child, 'adjusted').then((report) => report?.operations ?? 0);
      child.send({ type: 'adjust', settings } satisfies ServiceCommand);
      return adjusted;
    },
    async pending() {
      if (child.exit !== null) return null;
      const told = nextReport(child, 'pending').catch(() => null);
      child.send({ type: 'pending' } satisfies ServiceCommand);
      return told;
    },
    async release() {
      if (child.exit !== null) return;
      const released = nextReport(child, 'released');
      child.send({ type: 'release' } satisfies ServiceCommand);
      await released;
    },
    async consume(isOn) {
      if (child.exit !== null) return;
      const told = nextReport(child, 'consuming');
      child.send({ type: 'consume', isOn } satisfies ServiceCommand);
      await told;
    },
    async member(place) {
      if (child.exit !== null) return;
      const told = nextReport(child, 'placed', placeDeadlineMs);
      child.send({ type: 'member', place } satisfies ServiceCommand);
      await told;
    },
    async arm(failpoint) {
      if (failpoint !== null) child.expectEnd();
      const armed = nextReport(child, 'armed');
      child.send({ type: 'arm', failpoint } satisfies ServiceCommand);
      await armed;
    },
  };
}

/** null: it ended instead. */
function nextReport<Type extends ServiceReport['type']>(
  child: SupervisedProcess,
  type: Type,
  deadlineMs = adjustDeadlineMs,
): Promise<Extract<ServiceReport, { readonly type: Type }> | null> {
  return new Promise((resolve, reject) => {
    const end = (report: Extract<ServiceReport, { readonly type: Type }> | null) => {
      forget();
      resolve(report);
    };
    const forgetMessage = child.onMessage((message) => {
      const report = message as ServiceReport;
      if (report.type === type) end(report as Extract<ServiceReport, { readonly type: Type }>);
    });
    const forgetExit = child.onExit(() => end(null));
    const forget = () => {
      clearTimeout(timer);
      forgetMessage();
      forgetExit();
    };
    const timer = setTimeout(() => {
      forget();
      reject(new Error(`the ${child.name} did not answer within ${deadlineMs / 1e3} s`));
    }, deadlineMs);
  });
}

function whenReady(child: SupervisedProcess, startDeadlineMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      forget();
      const tail = child.logTail();
      const hint =
        tail === '' ? `Its log, ${child.logPath}, is empty.` : `The end of its log, ${child.logPath}:\n${tail}`;
      reject(new BenchError('serviceNotReady', `The ${child.name} ${why}`, { hint, exitCode: exitCodes.stack }));
    };
    const timer = setTimeout(() => fail(`was not ready within ${startDeadlineMs / 1e3} s`), startDeadlineMs);
    const forgetExit = child.onExit(({ code, signal }) =>
      fail(`ended with ${signal ?? `code ${code}`} before it was ready`),
    );
    const forgetMessage = child.onMessage((message) => {
      const report = message as ServiceReport;
      if (report.type !== 'failed' && report.type !== 'ready') return;
      if (report.type === 'failed') return fail(`could not start: ${report.message}`);
      forget();
      resolve();
    });
    const forget = () => {
      clearTimeout(timer);
      forgetExit();
      forgetMessage();
    };
  });
}
