/** The text that Prometheus scrapes, as far as values go. Source: Prometheus documentation, text-based format 0.0.4. */

export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const sampleLine = /^([A-Za-z_:][\w:]*)\s*(\{.*\})?\s+(\S+)/;
const labelPair = /([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"/g;

export function readMetrics(text: string): MetricSample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = sampleLine.exec(line) ?? [];
    return name === undefined || value === undefined
      ? []
      : [{ name, labels: readLabels(labels), value: toNumber(value) }];
  });
}

function readLabels(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(labelPair)].map(([, name = '', value = '']) => [name, unescaped(value)]));
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
}

function toNumber(text: string): number {
  return Number(text.replace(/^([+-]?)Inf$/, '$1Infinity'));
}

/** `selector`: a name, or one with labels that must be so, `requests_total{code="500"}`. null: there is no such series. */
export function sumOf(samples: readonly MetricSample[], selector: string): number | null {
  const [, name = '', labels = ''] = /^([^{]*)(\{.*\})?$/.exec(selector.trim()) ?? [];
  const wanted = Object.entries(readLabels(labels));
  const found = samples.filter((one) => one.name === name && wanted.every(([key, value]) => one.labels[key] === value));
  return found.length === 0 ? null : found.reduce((sum, { value }) => sum + value, 0);
}
