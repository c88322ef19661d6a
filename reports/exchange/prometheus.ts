/** Prometheus' text form, for a file that its node exporter or a push gateway takes. OpenTelemetry's serializer writes it. */
import { ValueType } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { emptyResource } from '@opentelemetry/resources';
import { AggregationTemporality, DataPointType, type MetricData } from '@opentelemetry/sdk-metrics';
import type { RunResult } from '../../result/result-types.ts';
import { MetricBook, type MetricName, metricDefinitions, metricNames } from './metric-book.ts';
import { enterResult } from './result-metrics.ts';

export function renderPrometheus(result: RunResult): string {
  const book = new MetricBook();
  enterResult(book, result);
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true);
  return serializer.serialize({
    resource: emptyResource(),
    scopeMetrics: [{ scope: { name: 'wirebench' }, metrics: metricNames.flatMap((name) => metricData(book, name)) }],
  });
}

/** Of a finished run nothing has a time of its own. */
function metricData(book: MetricBook, name: MetricName): MetricData[] {
  const points = book.points(name);
  if (points.length === 0) return [];
  const { kind, description } = metricDefinitions[name];
  const dataPoints = points.map(({ labels, value }) => {
    return { startTime: [0, 0] as [number, number], endTime: [0, 0] as [number, number], attributes: labels, value };
  });
  const descriptor = { name, description, unit: '', valueType: ValueType.DOUBLE };
  const common = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE, dataPoints };
  return kind === 'counter'
    ? [{ ...common, dataPointType: DataPointType.SUM, isMonotonic: true }]
    : [{ ...common, dataPointType: DataPointType.GAUGE }];
}
