/** `engine: autocannon`: one process per operation, since its events do not say which request they answer. */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { beside } from '../../result/beside.ts';
import { LatencyCounts } from '../../result/latency-counts.ts';
import type { RestTarget } from '../../scenarios/scenario.ts';
import { startProcess } from '../../targets/process/supervised-process.ts';
import type { AutocannonOrder, AutocannonPhase, AutocannonReport } from './autocannon-child.ts';
import type { EngineInput, EngineOperation, EngineOperationResult, RunEngine } from './engine.ts';

const graceMs = 15_000;
const { version } = createRequire(import.meta.url)('autocannon/package.json') as { version: string };

export const runAutocannon: RunEngine = async (input, signal) => {
  const { operations, load } = input;
  const played = await Promise.all(operations.map((operation) => playOne(input, operation, signal)));
  const sum = (of: (one: Played) => number) => played.reduce((total, one) => total + of(one), 0);
  return {
    toolVersion: version,
    operations: Object.fromEntries(played.map(({ name, result }) => [name, result])),
    bytesUp: null,
    bytesDown: sum(({ report }) => report.bytesDown),
    cpuUs: sum(({ cpuUs }) => cpuUs),
    operationsInAll: sum(({ report }) => report.requests),
    limitations: [
      'Each operation has a process of its own, with its share of the rate and of the connections.',
      'It counts no bytes sent.',
      ...(load.model === 'open'
        ? [
            'It sends its rate in one burst each second; its correction for coordinated omission is off, since it takes the interval in the wrong unit.',
          ]
        : []),
    ],
  };
};

interface Played {
  readonly name: string;
  readonly result: readonly EngineOperationResult[];
  readonly report: AutocannonReport;
  readonly cpuUs: number;
}

async function playOne(input: EngineInput, operation: EngineOperation, signal: AbortSignal): Promise<Played> {
  const { load, target, workDirectory, trialTag } = input;
  const logPath = join(workDirectory, `${trialTag}-${operation.name}.log`);
  const child = await startProcess({
    name: `autocannon ${operation.name}`,
    command: process.execPath,
    args: [beside(import.meta.url, 'autocannon-child')],
    logPath,
    ipc: true,
  });
  const sampling = setInterval(() => child.cpuUs(), 200);
  const { operations: _all, ...rest } = input;
  const order: AutocannonOrder = {
    ...rest,
    operation,
    connections: connectionsFor(target as RestTarget, load, operation.share),
  };
  const bound = AbortSignal.any([
    signal,
    AbortSignal.timeout(load.warmupMs + load.durationMs + input.timeoutMs + graceMs),
  ]);
  try {
    const report = await new Promise<AutocannonReport>((resolve, reject) => {
      const fail = () => {
        const hint = `The end of its log:\n${child.logTail()}`;
        reject(
          new BenchError('autocannonFailed', `autocannon did not report on ${operation.name}`, {
            hint,
            exitCode: exitCodes.stack,
          }),
        );
      };
      if (bound.aborted) fail(); // it may have come while the process started
      bound.addEventListener('abort', fail, { once: true });
      child.onExit(fail);
      child.onMessage((message) => resolve(message as AutocannonReport));
      child.send(order);
    });
    return { name: operation.name, result: report.phases.map(revived), report, cpuUs: child.cpuUs() ?? 0 };
  } finally {
    clearInterval(sampling);
    await child.stop(1_000);
  }
}

/** IPC is JSON: typed arrays and infinity do not survive it. */
function revived({ latencies: sent, ...counts }: AutocannonPhase): EngineOperationResult {
  const { cells, counts: held, minUs, ...sums } = sent;
  return {
    ...counts,
    latencies: new LatencyCounts({
      ...sums,
      cells: Uint16Array.from(cells),
      counts: Uint32Array.from(held),
      minUs: minUs ?? Number.POSITIVE_INFINITY,
    }),
  };
}

function connectionsFor({ connections }: RestTarget, load: EngineInput['load'], share: number): number {
  return Math.max(1, Math.round((load.model === 'closed' ? load.users : connections) * share));
}
