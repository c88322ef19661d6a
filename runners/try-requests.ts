/** Each request of the user's own systems once, straight to where it goes: what is sent, what comes back, how it is judged. */
import { BenchError, exitCodes } from '../result/bench-error.ts';
import type { Completion } from '../result/result-types.ts';
import type { Scenario, Target } from '../scenarios/scenario.ts';
import { allowDial } from '../targets/allow-dial.ts';
import { formatOperationId } from '../targets/domain/operation-id.ts';
import { type Call, type CompletionSink, type FailureDetail, type Outcome, outcomes } from '../targets/driver.ts';
import { isSecretHeader, unshown } from '../targets/driver-kit/failure-detail.ts';
import { compileTemplate } from '../targets/driver-kit/request-template.ts';
import { loadProtocol } from '../targets/registry.ts';
import { hostsAndPorts } from '../targets/target-address.ts';
import type { PlannedOperation } from './load/worker-messages.ts';
import { createPayloadPool } from './schedule/payload-pool.ts';
import { prepareTrial } from './trial/prepare-trial.ts';

export interface TriedRequest {
  readonly target: string;
  readonly operation: string;
  /** As the scenario says, the values of this operation filled in. */
  readonly request: unknown;
  readonly outcome: Outcome;
  /** '' when ok. */
  readonly reason: string;
  readonly completion: Completion;
  readonly tookMs: number;
  /** The answer; null: the protocol has none, or nothing came. */
  readonly answer: FailureDetail | null;
}

/**
 * Calls `tried` for each request of the targets, one after the other. Rejects with a BenchError for a target that cannot
 * be used, or when no target is an own system (exit 2).
 */
export async function tryRequests(
  scenario: Scenario,
  operations: readonly string[],
  tried: (request: TriedRequest) => void,
  signal: AbortSignal,
): Promise<void> {
  allowDial(scenario.allowHosts);
  const own = Object.values(scenario.targets).filter(({ address }) => address !== undefined);
  if (own.length === 0) {
    throw new BenchError('nothingToTry', 'None of the targets is a system of yours: only those are tried', {
      hint: 'Give a target an `address` and `requests`.',
      exitCode: exitCodes.usage,
    });
  }
  for (const target of own) await tryTarget(scenario, target, operations, tried, signal);
}

async function tryTarget(
  scenario: Scenario,
  target: Target,
  wanted: readonly string[],
  tried: (request: TriedRequest) => void,
  signal: AbortSignal,
): Promise<void> {
  const entry = await loadProtocol(target);
  const direct = {
    ...target,
    engine: 'native',
    via: 'direct',
    ...('connections' in target && { connections: 1 }),
    ...(target.protocol === 'grpc' && { client: 'own' }),
  };
  const prepared = prepareTrial(scenario, direct as Target, entry);
  const payloads = prepared.operations.map(({ payload }) => {
    return payload === null ? [] : createPayloadPool(payload, prepared.seed);
  });
  const calls = prepared.operations.map(({ index }): Call => {
    const id = formatOperationId(prepared.trialTag, 0, index);
    return { operation: index, id, key: 'key-0', sequence: index, payload: 0, attempt: 1, random: 0 };
  });
  const sink = new TriedSink();
  const context = {
    ...{ target: prepared.target, operations: prepared.operations, payloads, calls, sink, tellsAll: true },
    ...{ address: hostsAndPorts(target.address ?? '', target).join(','), trialTag: prepared.trialTag },
    ...{ worker: 0, workers: 1 },
  };
  const session = await entry.driver.open(context, signal);
  try {
    for (const operation of prepared.operations) {
      if (wanted.length > 0 && !wanted.includes(operation.name)) continue;
      const startedMs = performance.now();
      const ended = sink.next(operation.index, scenario.resilience.deadlineMs);
      session.start(operation.index);
      const { outcome, reason, answer } = await ended;
      if (outcome === outcomes.timedOut) session.abort(operation.index);
      const call = calls[operation.index] as Call;
      tried({
        target: target.name,
        operation: operation.name,
        request: rendered(operation, call, payloads[operation.index]?.[0]),
        ...{ outcome, reason, answer },
        completion: session.completion(operation.index),
        tookMs: performance.now() - startedMs,
      });
    }
  } finally {
    await session.close();
  }
}

function rendered({ request }: PlannedOperation, call: Call, payload: Buffer | undefined): unknown {
  const render = (value: unknown): unknown => {
    if (typeof value === 'string') return compileTemplate(value).text(call, payload);
    if (Array.isArray(value)) return value.map(render);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, render(child)]));
  };
  return withoutSecrets(render(request) as Record<string, unknown>);
}

/** Headers that open a door are named, as those of answers. */
function withoutSecrets(request: Readonly<Record<string, unknown>>): unknown {
  const shown = (headers: unknown) =>
    Object.fromEntries(
      Object.entries(headers as object).map(([name, value]) => [name, isSecretHeader(name) ? unshown : value]),
    );
  return Object.fromEntries(
    Object.entries(request).map(([key, value]) => [
      key,
      key === 'headers' || key === 'metadata' ? shown(value) : value,
    ]),
  );
}

type End = Pick<TriedRequest, 'outcome' | 'reason' | 'answer'>;

/** Of one attempt at a time. */
class TriedSink implements CompletionSink {
  #slot = -1;
  #end: (end: End) => void = () => undefined;

  next(slot: number, deadlineMs: number): Promise<End> {
    this.#slot = slot;
    return new Promise((resolve) => {
      const late = { outcome: outcomes.timedOut, reason: `no answer within ${deadlineMs} ms`, answer: null };
      const timer = setTimeout(() => this.#end(late), deadlineMs);
      this.#end = (end) => {
        clearTimeout(timer);
        this.#end = () => undefined;
        resolve(end);
      };
    });
  }

  completed(slot: number, outcome: Outcome, reason: string, _again: boolean, tell?: () => FailureDetail | null): void {
    if (slot === this.#slot) this.#end({ outcome, reason, answer: tell?.() ?? null });
  }

  sent(): void {}
  unsent(): void {}
  resent(): void {}
  acknowledged(): void {}
  retryAfter(): void {}
}
