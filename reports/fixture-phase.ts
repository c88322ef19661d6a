/** For tests: a phase whose counts, summaries and histograms agree with each other, made from a few figures. */
import { LatencyCounts } from '../result/latency-counts.ts';
import { summariseLatency } from '../result/latency-summary.ts';
import type {
  Counts,
  LatencyName,
  LatencySummaries,
  OperationResult,
  Pattern,
  PhaseName,
  PhaseResult,
} from '../result/result-types.ts';

export interface PhaseShape {
  readonly phase: PhaseName;
  readonly durationMs: number;
  /** Three in five are one-way. */
  readonly offered: number;
  /** Of all offered, equally of both operations. */
  readonly failed: number;
  readonly medianUs: number;
  readonly tail: number;
  readonly added: { readonly delivered: number; readonly completed: number; readonly replied: number };
}

/** A body around the median and a tail, from a fixed generator. */
function latencies(medianUs: number, tail: number, addedMs: number, count: number): LatencyCounts {
  const counts = new LatencyCounts();
  let state = 7;
  for (let n = 0; n < count; n++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const rank = state / 4294967296;
    const body = 0.6 + 0.8 * rank;
    const slow = (tail - 1.4) * rank ** 60;
    counts.record(medianUs * (body + slow) + addedMs * 1_000);
  }
  return counts;
}

interface Recorded {
  readonly result: OperationResult;
  readonly latencies: Readonly<Partial<Record<LatencyName, LatencyCounts>>>;
}

function operation(pattern: Pattern, shape: PhaseShape, offered: number, failed: number): Recorded {
  const { medianUs, tail, added } = shape;
  const ok = offered - failed;
  const isOneWay = pattern === 'one-way';
  const response = latencies(medianUs, tail, isOneWay ? added.completed : added.replied, ok);
  const delivered = latencies(medianUs * 0.7, tail, added.delivered, ok);
  const sendLag = latencies(45, 8, 0, offered);
  const failures = failed > 0 ? latencies(500, 3, 0, failed) : undefined;
  const counts: Counts = { offered, ok, rejected: 0, failed, timedOut: 0, dropped: 0, attempts: offered };
  const latencyUs: LatencySummaries = {
    offered: summariseLatency(response, offered),
    response: summariseLatency(response),
    service: summariseLatency(response),
    connectionWait: { count: 0 },
    sendLag: summariseLatency(sendLag),
    acknowledged: summariseLatency(isOneWay ? response : undefined),
    delivered: isOneWay ? summariseLatency(delivered, offered) : { count: 0 },
    failed: summariseLatency(failures),
    timedOut: { count: 0 },
  };
  return {
    result: { completion: isOneWay ? 'acknowledged' : 'replied', pattern, counts, latencyUs },
    latencies: {
      response,
      service: response,
      sendLag,
      ...(isOneWay && { acknowledged: response, delivered }),
      ...(failures && { failed: failures }),
    },
  };
}

export interface FixturePhase {
  readonly result: PhaseResult;
  readonly histograms: Partial<Record<LatencyName, string>>;
}

export function fixturePhase(shape: PhaseShape): FixturePhase {
  const { durationMs, offered, failed } = shape;
  const handedOver = Math.round(offered * 0.6);
  const handedOverFailed = Math.round(failed * 0.6);
  const place = operation('one-way', shape, handedOver, handedOverFailed);
  const get = operation('request-reply', shape, offered - handedOver, failed - handedOverFailed);
  const counts: Counts = {
    offered,
    ok: offered - failed,
    rejected: 0,
    failed,
    timedOut: 0,
    dropped: 0,
    attempts: offered,
  };
  const merged = (name: LatencyName) => {
    const sum = new LatencyCounts();
    for (const part of [place.latencies[name], get.latencies[name]]) if (part !== undefined) sum.add(part);
    return sum;
  };
  const names = ['response', 'service', 'sendLag', 'acknowledged', 'delivered', 'failed'] as const;
  const all = names.map((name) => [name, merged(name)] as const).filter(([, { count }]) => count > 0);
  return {
    result: {
      durationMs,
      offeredPerSecond: (offered * 1e3) / durationMs,
      goodputPerSecond: ((offered - failed) * 1e3) / durationMs,
      counts,
      latencyUs: {
        ...place.result.latencyUs,
        ...Object.fromEntries(all.map(([name, latency]) => [name, summariseLatency(latency)])),
        offered: summariseLatency(merged('response'), offered),
        delivered: summariseLatency(merged('delivered'), handedOver),
      },
      operations: { placeOrder: place.result, getOrder: get.result },
      errors: failed > 0 ? { 'connection reset': failed - 20, 'channel closed': 20 } : {},
    },
    histograms: {
      offered: merged('response').encode(failed),
      ...Object.fromEntries(all.map(([name, latency]) => [name, latency.encode()])),
    },
  };
}
