/** `engine: ghz`: one ghz process per operation at its share of the rate, since it takes one call. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import { LatencyCounts } from '../../result/latency-counts.ts';
import { ownValue } from '../../result/own-value.ts';
import { findMethod } from '../../scenarios/grpc/rpc-method.ts';
import { typesOfTarget } from '../../scenarios/grpc/target-types.ts';
import type { GrpcRequest, GrpcTarget } from '../../scenarios/scenario.ts';
import type { Call } from '../../targets/driver.ts';
import { compileTemplate } from '../../targets/driver-kit/request-template.ts';
import { grpcEndpoint } from '../../targets/grpc/call-writers.ts';
import { startProcess } from '../../targets/process/supervised-process.ts';
import { phaseAt } from '../recording/phase-windows.ts';
import { createPayloadPool } from '../schedule/payload-pool.ts';
import {
  callsOf,
  type EngineInput,
  type EngineOperation,
  type EngineOperationResult,
  type RunEngine,
  shareOfRate,
} from './engine.ts';

const run = promisify(execFile);
const mostPreparedCalls = 20_000;
const graceMs = 15_000;
/** Waiting for answers costs a goroutine only; below this ghz could not keep its rate through a slow link. */
const leastConcurrency = 50;

export const runGhz: RunEngine = async (input, signal) => {
  const { ghzPath, operations, load } = input;
  if (ghzPath === undefined) throw new BenchError('ghzMissing', 'ghz was not found', { exitCode: exitCodes.stack });
  const played = await Promise.all(operations.map((operation) => playOne(ghzPath, input, operation, signal)));
  return {
    toolVersion: await versionOf(ghzPath),
    operations: Object.fromEntries(played.map(({ name, result }) => [name, result])),
    bytesUp: null,
    bytesDown: null,
    cpuUs: played.reduce((sum, { cpuUs }) => sum + cpuUs, 0),
    operationsInAll: played.reduce((sum, { total }) => sum + total, 0),
    limitations: [
      'ghz takes one call: each operation has a process of its own, at its share of the rate and with connections of its own.',
      'The rate is kept by a ticker over a fixed number of workers: when all wait for answers, it falls behind without a word.',
      'It counts no bytes.',
      ...(load.model === 'open' && load.arrivals === 'poisson' ? ['Arrivals are evenly spaced, not Poisson.'] : []),
    ],
  };
};

async function versionOf(ghzPath: string): Promise<string> {
  // A binary built by `go install` says "dev": the module's version stands in its build information.
  const { stdout, stderr } = await run(ghzPath, ['--version'], { timeout: 5_000 });
  const said = `${stdout}${stderr}`.trim();
  if (/\d/.test(said)) return said.replace(/^v/, '');
  const info = await run('go', ['version', '-m', ghzPath], { timeout: 5_000 }).catch(() => ({ stdout: '' }));
  return /\tmod\t\S+\tv(\S+)/.exec(info.stdout)?.[1] ?? 'unknown';
}

interface Played {
  readonly name: string;
  readonly result: readonly EngineOperationResult[];
  readonly cpuUs: number;
  readonly total: number;
}

async function playOne(
  ghzPath: string,
  input: EngineInput,
  operation: EngineOperation,
  signal: AbortSignal,
): Promise<Played> {
  const { load, workDirectory, trialTag, target } = input;
  const { connections, proto, protoset, importPaths } = target as GrpcTarget;
  const { method } = operation.request as GrpcRequest;
  const base = join(workDirectory, `${trialTag}-${operation.name}`);
  await writeFile(`${base}.data.json`, dataFor(input, operation));
  await writeFile(`${base}.metadata.json`, metadataFor(input, operation));
  const rate = shareOfRate(load, operation.share);
  const workers = load.model === 'closed' ? Math.max(1, Math.round(load.users * operation.share)) : leastConcurrency;
  const seconds = (load.warmupMs + load.durationMs) / 1e3;
  // What may hold values of the environment goes by a file: anyone on the machine may read arguments.
  const config = {
    ...connectionOf(input),
    ...(proto !== undefined && { proto: [proto].flat()[0] }),
    ...(protoset !== undefined && { protoset }),
    ...(importPaths !== undefined && { 'import-paths': importPaths }),
    call: method,
    host: input.address,
  };
  await writeFile(`${base}.config.json`, JSON.stringify(config), { mode: 0o600 });
  const args = [
    ...['--config', `${base}.config.json`, '-M', `${base}.metadata.json`],
    ...['-D', `${base}.data.json`, '-O', 'json', '-o', `${base}.json`],
    ...['-z', `${seconds}s`, '--duration-stop', 'wait', '-n', '2147483647', '-t', `${input.timeoutMs}ms`],
    ...['-c', String(Math.max(workers, connections)), '--connections', String(Math.min(workers, connections))],
    ...(rate === null ? [] : ['--rps', String(Math.max(1, Math.round(rate)))]),
  ];
  const child = await startProcess({ name: `ghz ${operation.name}`, command: ghzPath, args, logPath: `${base}.log` });
  const ended = new Promise<void>((resolve) => child.onExit(() => resolve()));
  const sampling = setInterval(() => child.cpuUs(), 200); // the last reading before it ends is what counts
  const late = AbortSignal.timeout(seconds * 1e3 + input.timeoutMs + graceMs);
  const bound = AbortSignal.any([signal, late]);
  const onAbort = () => void child.stop(1_000);
  if (bound.aborted) onAbort(); // it may have come while the process started
  bound.addEventListener('abort', onAbort, { once: true });
  try {
    await ended;
  } finally {
    clearInterval(sampling);
    bound.removeEventListener('abort', onAbort);
  }
  signal.throwIfAborted();
  const report = await readReport(`${base}.json`).catch((cause: unknown) => {
    throw new BenchError('ghzFailed', `ghz did not report on ${operation.name}`, {
      hint: `The end of its log:\n${child.logTail()}`,
      exitCode: exitCodes.stack,
      cause,
    });
  });
  return {
    name: operation.name,
    cpuUs: child.cpuUs() ?? 0,
    total: report.details?.length ?? 0,
    result: digest(report, input),
  };
}

/**
 * Calls prepared beforehand, which ghz takes in turn. A client-streaming call sends the whole list as one stream, so
 * there a single message is templated by ghz itself.
 */
function dataFor(input: EngineInput, operation: EngineOperation): string {
  const { message, method } = operation.request as GrpcRequest;
  const pool = operation.payload === null ? [] : createPayloadPool(operation.payload, input.seed);
  const calls = callsOf(input, operation);
  if (isClientStream(input.target as GrpcTarget, method)) {
    return JSON.stringify([rendered(message, numberedCall(calls(0)), pool)]);
  }
  const rate = shareOfRate(input.load, operation.share);
  const seconds = (input.load.warmupMs + input.load.durationMs) / 1e3;
  const count = Math.min(mostPreparedCalls, rate === null ? mostPreparedCalls : Math.ceil(rate * seconds * 1.1) + 10);
  return JSON.stringify(Array.from({ length: count }, (_, n) => rendered(message, calls(n), pool)));
}

/** With reflection only the server knows, and ghz itself asks it. */
function isClientStream(target: GrpcTarget, method: string): boolean {
  const types = typesOfTarget(target);
  return types !== null && findMethod(types, method).requestStream;
}

/** The same for all calls but for the id, where ghz counts. */
function numberedCall(call: Call): Call {
  return { ...call, payload: 0, id: call.id.replace(/\d{10}$/, '{{printf `%010d` .RequestNumber}}') };
}

function metadataFor(input: EngineInput, operation: EngineOperation): string {
  const { metadata } = operation.request as GrpcRequest;
  return JSON.stringify(rendered(metadata, numberedCall(callsOf(input, operation)(0)), []));
}

/** How to reach the target: as itself, though a proxy may stand between. */
function connectionOf({ target, address }: EngineInput): Readonly<Record<string, string | boolean>> {
  const { tls, authority } = grpcEndpoint(address, target);
  if (tls === null) return { insecure: true, ...(target.address !== undefined && { authority }) };
  const { ca = process.env.NODE_EXTRA_CA_CERTS, cert, key, verify = true } = tls.settings ?? {};
  return {
    cname: tls.hostname,
    ...(ca !== undefined && { cacert: ca }),
    ...(cert !== undefined && key !== undefined && { cert, key }),
    ...(!verify && { skipTLS: true }),
  };
}

function rendered(value: unknown, call: Call, pool: readonly Buffer[]): unknown {
  if (typeof value === 'string')
    return compileTemplate(value).text(call, pool[call.payload % Math.max(1, pool.length)]);
  if (Array.isArray(value)) return value.map((item) => rendered(item, call, pool));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, rendered(field, call, pool)]));
}

interface GhzReport {
  readonly date?: string;
  readonly details?:
    | readonly {
        readonly timestamp: string;
        readonly latency: number;
        readonly error: string;
        readonly status: string;
      }[]
    | null;
}

async function readReport(path: string): Promise<GhzReport> {
  return JSON.parse(await readFile(path, 'utf8')) as GhzReport;
}

/** Each call by the phase it began in. */
function digest({ details }: GhzReport, { windows, startMs }: EngineInput): EngineOperationResult[] {
  const phases = windows.map(() => ({
    ok: 0,
    rejected: 0,
    failed: 0,
    timedOut: 0,
    latencies: new LatencyCounts(),
    errors: {} as Record<string, number>,
  }));
  for (const { timestamp, latency, status, error } of details ?? []) {
    const phase = phases[phaseAt(windows, (Date.parse(timestamp) - startMs) * 1e3)];
    if (phase === undefined) continue;
    if (status === 'OK') {
      phase.ok++;
      phase.latencies.record(latency / 1e3);
      continue;
    }
    const { outcome, reason } = endOf(status, error);
    phase[outcome]++;
    phase.errors[reason] = (ownValue(phase.errors, reason) ?? 0) + 1;
  }
  return phases;
}

/** grpc-go says `Unavailable` for a lost connection, too: only its words tell that from a service that refuses. */
const transportWords = /connection|transport|error reading from server|EOF|broken pipe|keepalive|GOAWAY/i;

function endOf(status: string, error: string): { outcome: 'rejected' | 'failed' | 'timedOut'; reason: string } {
  if (status === 'DeadlineExceeded') return { outcome: 'timedOut', reason: 'timeout' };
  if (status === 'Canceled') return { outcome: 'failed', reason: 'cancelled' };
  if (status === 'Unavailable' && transportWords.test(error)) return { outcome: 'failed', reason: 'connection lost' };
  return { outcome: 'rejected', reason: `status ${status.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()}` };
}
