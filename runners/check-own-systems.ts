/** Before the first trial: each of the user's own systems is connected to as its trials will be, every request with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import type { Scenario, Target } from '../scenarios/scenario.ts';
import type { Call, CompletionSink, DriverContext } from '../targets/driver.ts';
import { loadProtocol } from '../targets/registry.ts';
import { openObserver } from '../targets/settled/open-observer.ts';
import type { RunningStack } from '../targets/stack/stack.ts';
import { FlowWatch } from './observe/flow-watch.ts';
import { createPayloadPool } from './schedule/payload-pool.ts';
import { openOwnParts } from './trial/own-parts.ts';
import { type PreparedTrial, prepareTrial } from './trial/prepare-trial.ts';
import type { Closers } from './trial/stack-parts.ts';

/**
 * Resolves when all of them can be used. Rejects with a BenchError that tells of every one that cannot, exit 2 where what
 * the scenario says is wrong, else 3; or with the signal's reason.
 */
export async function checkOwnSystems(
  scenario: Scenario,
  stack: RunningStack | null,
  signal: AbortSignal,
): Promise<void> {
  const own = Object.values(scenario.targets).filter(({ address }) => address !== undefined);
  const failures: { readonly target: Target; readonly error: BenchError }[] = [];
  for (const target of own) {
    signal.throwIfAborted();
    try {
      await checkOne(scenario, target, stack, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof BenchError)) throw error;
      failures.push({ target, error });
    }
  }
  const [first, ...others] = failures;
  if (first === undefined) return;
  if (others.length === 0) throw named(first);
  const lines = failures.map((failure) => `  ${named(failure).message}`);
  const isUsage = failures.some(({ error }) => error.exitCode === exitCodes.usage);
  throw new BenchError(
    'targetsUnusable',
    `${failures.length} of ${own.length} targets cannot be used:\n${lines.join('\n')}`,
    {
      hint: [...new Set(failures.flatMap(({ error }) => error.hint ?? []))].join('\n'),
      exitCode: isUsage ? exitCodes.usage : exitCodes.stack,
      cause: first.error,
    },
  );
}

function named({ target, error }: { readonly target: Target; readonly error: BenchError }): BenchError {
  const { code, message, hint, exitCode } = error;
  const text = message.startsWith(`${target.name}`) ? message : `${target.name}: ${message}`;
  return new BenchError(code, text, { ...(hint !== undefined && { hint }), exitCode, cause: error });
}

async function checkOne(
  scenario: Scenario,
  target: Target,
  stack: RunningStack | null,
  signal: AbortSignal,
): Promise<void> {
  const entry = await loadProtocol(target);
  const prepared = prepareTrial(scenario, withFewConnections(target), entry);
  const opened: Closers = [];
  try {
    const { address, proxied, linkOf } = await openOwnParts({ prepared, stack }, opened);
    const context: DriverContext = {
      target: prepared.target,
      address,
      proxied,
      linkOf,
      operations: prepared.operations,
      payloads: prepared.operations.map(({ payload }) =>
        payload === null ? [] : createPayloadPool(payload, prepared.seed),
      ),
      calls: [idleCall()],
      sink: nobodyListens,
      trialTag: prepared.trialTag,
      worker: 0,
      workers: scenario.load.threads,
    };
    const session = await entry.driver.open(context, signal);
    await session.close();
    await checkObserver(scenario, prepared, signal);
    await checkEvents(prepared);
  } finally {
    for (const close of opened.reverse()) await close().catch(() => undefined);
  }
}

/** Where its flows are settled. */
async function checkObserver(
  { allowHosts }: Scenario,
  { target: { settled: settings }, trialTag }: PreparedTrial,
  signal: AbortSignal,
): Promise<void> {
  if (settings === undefined) return;
  const folder = await mkdtemp(join(os.tmpdir(), 'wirebench-check-'));
  try {
    const watch = await FlowWatch.open({ settings, trialTag, path: join(folder, 'events'), allowHosts }, signal);
    await watch.finish();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where its subscribers have what it publishes. */
async function checkEvents({ target, trialTag }: PreparedTrial): Promise<void> {
  if (target.events === undefined) return;
  const nobody = { settled: () => undefined, unreadable: () => undefined, interrupted: () => undefined };
  const observer = await openObserver(target.events, nobody, { name: `wirebench-${trialTag}-check`, target });
  await observer.close();
}

/** Whatever engine and client the trials have: the requests are the same. */
function withFewConnections(target: Target): Target {
  const engine = 'native' as const;
  if ('connections' in target) return { ...target, engine, connections: 1 };
  return 'producers' in target ? { ...target, engine, producers: 1 } : { ...target, engine };
}

function idleCall(): Call {
  return { operation: 0, id: 'check', key: 'check', sequence: 0, payload: 0, attempt: 1, random: 0 };
}

/** Nothing is started. */
const nobodyListens: CompletionSink = {
  sent: () => undefined,
  unsent: () => undefined,
  resent: () => undefined,
  acknowledged: () => undefined,
  retryAfter: () => undefined,
  completed: () => undefined,
};
