/** The process that autocannon runs in: its event loop must not be the harness's. One order in, one report out. */
import autocannon from 'autocannon';
import { LatencyCounts } from '../../result/latency-counts.ts';
import { ownValue } from '../../result/own-value.ts';
import type { RestRequest } from '../../scenarios/scenario.ts';
import { allowDial } from '../../targets/allow-dial.ts';
import { endpointOf } from '../../targets/driver-kit/client-socket.ts';
import { compileTemplate } from '../../targets/driver-kit/request-template.ts';
import { tlsOptions } from '../../targets/driver-kit/tls-options.ts';
import { createPayloadPool } from '../schedule/payload-pool.ts';
import { callsOf, type EngineInput, type EngineOperation, shareOfRate } from './engine.ts';

export interface AutocannonOrder extends Omit<EngineInput, 'operations'> {
  readonly operation: EngineOperation;
  readonly connections: number;
}

export interface AutocannonPhase {
  readonly ok: number;
  readonly rejected: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly latencies: {
    cells: number[];
    counts: number[];
    count: number;
    minUs: number | null;
    maxUs: number;
    sumUs: number;
  };
}

export interface AutocannonReport {
  readonly phases: readonly AutocannonPhase[];
  readonly bytesDown: number;
  readonly requests: number;
}

process.once('message', (order: AutocannonOrder) => play(order));
process.on('disconnect', () => process.exit(0));

function play(order: AutocannonOrder): void {
  allowDial(order.allowHosts);
  const { operation, load, address, target } = order;
  const endpoint = endpointOf(address, target.address, target.tls);
  const request = operation.request as RestRequest;
  const pool = operation.payload === null ? [] : createPayloadPool(operation.payload, order.seed);
  const calls = callsOf(order, operation);
  const path = compileTemplate(`${endpoint.path}${request.path}`);
  const body = request.body === undefined ? null : compileTemplate(request.body);
  const headers = Object.entries(withHost(request.headers, endpoint.authority)).map(
    ([name, value]) => [name, compileTemplate(value)] as const,
  );
  const rate = shareOfRate(load, operation.share);
  let next = 0;
  const phases = order.windows.map((window) => ({
    window,
    ok: 0,
    rejected: 0,
    failed: 0,
    timedOut: 0,
    errors: {} as Record<string, number>,
    latencies: new LatencyCounts(),
  }));
  // The last window's end, infinity, did not survive the message channel.
  const phaseOf = (ageMs: number) => {
    const offsetUs = (Date.now() - ageMs - order.startMs) * 1e3;
    return phases.find(({ window }) => offsetUs < window.endUs) ?? (phases.at(-1) as (typeof phases)[number]);
  };
  const note = (errors: Record<string, number>, reason: string) => {
    errors[reason] = (ownValue(errors, reason) ?? 0) + 1;
  };
  const instance = autocannon(
    {
      url: `${endpoint.tls === null ? 'http' : 'https'}://${address}`,
      ...(endpoint.tls !== null && {
        servername: endpoint.tls.hostname,
        tlsOptions: tlsOptions(endpoint.tls.hostname, endpoint.tls.settings),
      }),
      connections: order.connections,
      duration: (load.warmupMs + load.durationMs) / 1e3,
      timeout: Math.max(1, Math.ceil(order.timeoutMs / 1e3)),
      ignoreCoordinatedOmission: true,
      ...(rate === null ? {} : { overallRate: Math.max(1, Math.round(rate)) }),
      requests: [
        {
          method: request.method as 'GET',
          setupRequest: (template) => {
            const call = calls(next++);
            const payload = pool[call.payload % Math.max(1, pool.length)];
            return {
              ...template,
              path: path.text(call, payload),
              headers: Object.fromEntries(headers.map(([name, value]) => [name, value.text(call, payload)])),
              ...(body === null ? {} : { body: body.text(call, payload) }),
            };
          },
        },
      ],
    },
    (error, summary) => {
      if (error) throw error;
      const report: AutocannonReport = {
        phases: phases.map(({ window: _window, latencies, ...counts }) => ({
          ...counts,
          latencies: sendable(latencies),
        })),
        bytesDown: summary.throughput.total,
        requests: summary.requests.sent,
      };
      process.send?.(report);
    },
  );
  instance.on('response', (_client, status, _bytes, responseMs) => {
    const phase = phaseOf(responseMs);
    if (request.expect.status.includes(status)) {
      phase.ok++;
      phase.latencies.record(responseMs * 1e3);
    } else {
      phase.rejected++;
      note(phase.errors, `status ${status}`);
    }
  });
  instance.on('reqError', (error: Error) => {
    const phase = phaseOf(0);
    if (/timed? ?out/i.test(error.message)) phase.timedOut++;
    else phase.failed++;
    note(phase.errors, error.message);
  });
}

/** autocannon itself would name where it dials, which may be a proxy. */
function withHost(headers: Readonly<Record<string, string>>, host: string): Readonly<Record<string, string>> {
  return Object.keys(headers).some((name) => name.toLowerCase() === 'host') ? headers : { host, ...headers };
}

function sendable(latencies: LatencyCounts): AutocannonPhase['latencies'] {
  const { cells, counts, minUs, ...sums } = latencies.toData();
  return { ...sums, cells: [...cells], counts: [...counts], minUs: Number.isFinite(minUs) ? minUs : null };
}
