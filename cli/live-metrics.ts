/**
 * Metrics of a run while it goes on: read at `/metrics` on loopback, or sent to an OpenTelemetry collector. Whatever goes wrong with
 * either is a warning; the run never waits for them.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ObservableResult } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type IMetricReader,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { MetricBook, metricDefinitions, metricNames } from '../reports/exchange/metric-book.ts';
import { enterResult } from '../reports/exchange/result-metrics.ts';
import { BenchError, exitCodes } from '../result/bench-error.ts';
import type { RunResult } from '../result/result-types.ts';
import type { RunEvent } from '../runners/run-events.ts';
import { PlanProgress } from './plan-progress.ts';
import { usageError } from './usage-error.ts';
import { version } from './version.ts';

const loopback = '127.0.0.1';
const exportIntervalMs = 5_000;
/** At the end nobody waits longer for a collector. */
const exportTimeoutMs = 2_000;

export interface MetricsArguments {
  readonly 'metrics-port'?: string | undefined;
  readonly otlp?: string | undefined;
}

export const metricsOptions = {
  'metrics-port': {
    type: 'string',
    nargs: 1,
    describe: `serve Prometheus metrics at http://${loopback}:PORT/metrics while running (0: any free port)`,
  },
  otlp: {
    type: 'string',
    nargs: 1,
    describe: 'send OpenTelemetry metrics to this collector, e.g. http://127.0.0.1:4318',
  },
} as const;

interface Served {
  readonly reader: PrometheusExporter;
  readonly server: Server;
}

export class LiveMetrics {
  readonly #book = new MetricBook();
  readonly #progress = new PlanProgress(() => performance.now());
  readonly #provider: MeterProvider;
  readonly #scenario: string;
  readonly #server: Server | null;
  readonly #finished = new Map<string, number>();
  #target: Readonly<Record<string, string>> = {};
  #isClosed = false;

  private constructor(scenario: string, readers: IMetricReader[], server: Server | null) {
    this.#scenario = scenario;
    this.#server = server;
    const resource = resourceFromAttributes({ 'service.name': 'wirebench', 'service.version': version });
    this.#provider = new MeterProvider({ resource, readers });
    const meter = this.#provider.getMeter('wirebench', version);
    for (const name of metricNames) {
      const { kind, description } = metricDefinitions[name];
      const metric =
        kind === 'counter'
          ? meter.createObservableCounter(name, { description })
          : meter.createObservableGauge(name, { description });
      metric.addCallback((observed: ObservableResult) => {
        for (const { labels, value } of this.#book.points(name)) observed.observe(value, labels);
      });
    }
  }

  /**
   * null: nobody asked for any. `note` tells where they are, `warn` that a collector takes none. Throws a BenchError (exit 2)
   * for a port or an address that is none.
   */
  static async open(
    scenario: string,
    args: MetricsArguments,
    note: (text: string) => void,
    warn: (text: string) => void,
  ): Promise<LiveMetrics | null> {
    const readers: IMetricReader[] = [];
    if (args.otlp !== undefined) readers.push(otlpReader(args.otlp, warn));
    const served = args['metrics-port'] === undefined ? null : await serve(args['metrics-port'], note);
    if (served !== null) readers.push(served.reader);
    return readers.length === 0 ? null : new LiveMetrics(scenario, readers, served?.server ?? null);
  }

  event(event: RunEvent): void {
    this.#progress.follow(event);
    const run = { scenario: this.#scenario };
    this.#book.set('wirebench_run_progress_ratio', run, this.#progress.share);
    if (event.type === 'planned') this.#book.set('wirebench_trials_planned', run, event.trials);
    else if (event.type === 'trialStarted') {
      const { target, condition, id } = event;
      this.#target = { ...run, trial: id, target, condition };
    } else if (event.type === 'progress') this.#enterProgress(event);
    else if (event.type === 'trialFinished') {
      const count = (this.#finished.get(event.verdict) ?? 0) + 1;
      this.#finished.set(event.verdict, count);
      this.#book.set('wirebench_trials_finished', { ...run, verdict: event.verdict }, count);
      this.#clearLoad();
    }
  }

  #enterProgress(event: Extract<RunEvent, { type: 'progress' }>): void {
    const labels = this.#target;
    this.#clearLoad();
    this.#book.set('wirebench_load_rate', labels, event.ratePerSecond);
    this.#book.set('wirebench_load_in_flight', labels, event.inFlight);
    this.#book.set('wirebench_load_not_ok', labels, event.errors);
    for (const [quantile, us] of [
      ['0.5', event.p50Us],
      ['0.99', event.p99Us],
    ] as const) {
      this.#book.set('wirebench_load_latency_seconds', { ...labels, quantile }, us === null ? null : us / 1e6);
    }
    for (const fault of event.faults) this.#book.set('wirebench_fault_in_force', { ...labels, fault }, 1);
  }

  /** A trial that is over loads nothing any more. */
  #clearLoad(): void {
    for (const name of metricNames) if (/^wirebench_(load|fault)_/.test(name)) this.#book.clear(name);
  }

  /** With the figures of the result, which whoever is sent to gets now; null: there is none. Only the first call counts. Never rejects. */
  async close(result: RunResult | null): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#clearLoad();
    if (result !== null) enterResult(this.#book, result);
    await this.#provider.shutdown({ timeoutMillis: exportTimeoutMs }).catch(() => undefined); // told by the exporter
    this.#server?.close();
    this.#server?.closeAllConnections();
  }
}

function otlpReader(address: string, warn: (text: string) => void): IMetricReader {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw usageError(`--otlp ${address} is no address of a collector`, 'For example: --otlp http://127.0.0.1:4318');
  }
  if (url.pathname === '/') url.pathname = '/v1/metrics';
  const exporter = new OTLPMetricExporter({ url: url.href, timeoutMillis: exportTimeoutMs });
  return new PeriodicExportingMetricReader({
    exporter: new ToldExporter(exporter, (why) => warn(`The collector at ${url.origin} takes no metrics: ${why}`)),
    exportIntervalMillis: exportIntervalMs,
    exportTimeoutMillis: exportTimeoutMs + 500,
  });
}

/** The first failure is told, and none reaches anybody else. */
class ToldExporter implements PushMetricExporter {
  readonly #inner: PushMetricExporter;
  readonly #tell: (why: string) => void;
  #isTold = false;

  constructor(inner: PushMetricExporter, tell: (why: string) => void) {
    this.#inner = inner;
    this.#tell = tell;
  }

  export(metrics: ResourceMetrics, done: Parameters<PushMetricExporter['export']>[1]): void {
    this.#inner.export(metrics, (outcome) => {
      if (outcome.code !== ExportResultCode.SUCCESS && !this.#isTold) {
        this.#isTold = true;
        this.#tell(outcome.error?.message ?? 'no reason is given');
      }
      done({ code: ExportResultCode.SUCCESS });
    });
  }

  selectAggregationTemporality(): AggregationTemporality {
    return AggregationTemporality.CUMULATIVE;
  }

  async forceFlush(): Promise<void> {
    await this.#inner.forceFlush();
  }

  async shutdown(): Promise<void> {
    await this.#inner.shutdown();
  }
}

/** On loopback only: whoever may look from elsewhere is for a proxy of the user's to say. */
async function serve(text: string, note: (text: string) => void): Promise<Served> {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw usageError(`--metrics-port ${text} is no port`, 'For example: --metrics-port 9464');
  }
  const reader = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true });
  const server = createServer((request, response) => {
    if (request.url === '/metrics' && request.method === 'GET') reader.getMetricsRequestHandler(request, response);
    else response.writeHead(404).end('Metrics are at /metrics.\n');
  });
  try {
    server.listen(port, loopback);
    await once(server, 'listening');
  } catch (cause) {
    throw new BenchError('metricsPort', `Port ${port} cannot be served: ${(cause as Error).message}`, {
      hint: 'Name another one, or 0 for any that is free.',
      exitCode: exitCodes.usage,
      cause,
    });
  }
  note(`metrics at http://${loopback}:${(server.address() as AddressInfo).port}/metrics`);
  return { reader, server };
}
