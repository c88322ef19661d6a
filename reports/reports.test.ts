import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HistogramLogReader } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { decodeLatencyCounts } from '../result/latency-counts.ts';
import type { LatencyName, PhaseName, RunResult, TrialResult } from '../result/result-types.ts';
import { couplingResult } from './fixtures/coupling-result.ts';
import { fixtureResult } from './fixtures/fixture-result.ts';
import { formatNames, reporters } from './formats.ts';
import { chartData } from './html/chart-data.ts';
import { renderFirstScreen } from './terminal/first-screen.ts';
import { renderTerminal } from './terminal/terminal.ts';

const golden = join(import.meta.dirname, 'golden');

/** Compares with the stored file; UPDATE_GOLDEN=1 writes it. */
function expectGolden(name: string, text: string): void {
  const path = join(golden, name);
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(golden, { recursive: true });
    writeFileSync(path, text);
  }
  expect(text).toBe(readFileSync(path, 'utf8'));
}

const whole = fixtureResult();
const empty = fixtureResult({ status: 'interrupted', trials: [], thresholds: [], warnings: [], evolution: undefined });
const partial = fixtureResult({ status: 'partial', trials: whole.trials.slice(0, 7) });
const terminal = (result: RunResult, width: number) => renderTerminal(result, { colour: false, width });

const screen = (result: RunResult) =>
  renderFirstScreen(result, { colour: false, width: 80, directory: 'results/order-flow', page: 'report.html' });

/** What a reader sees: without the page's own scripts and styles, and without their hashes, which a test of its own holds. */
function visible(html: string): string {
  return html.replace(/<(script|style)\b[\s\S]*?<\/\1>/g, '').replace(/'sha256-[^']*'/g, "'sha256-…'");
}

describe('golden reports', () => {
  it.each([
    ['screen.txt', () => screen(whole)],
    ['screen-coupling.txt', () => screen(couplingResult())],
    ['terminal.txt', () => terminal(whole, 160)],
    ['terminal-80.txt', () => terminal(whole, 80)],
    ['terminal-narrow.txt', () => terminal(whole, 50)],
    ['terminal-partial.txt', () => terminal(partial, 120)],
    ['terminal-empty.txt', () => terminal(empty, 80)],
    ['report.md', () => reporters.markdown.render(whole)],
    ['summary.csv', () => reporters.csv.render(whole)],
    ['report-body.html', () => visible(reporters.html.render(whole))],
  ])('%s is as stored', (name, render) => {
    expectGolden(name, render());
  });
});

/** Every `summary` of every latency becomes that of a phase without samples. */
function withoutSamples(result: RunResult): RunResult {
  const text = JSON.stringify(result, (key, value) =>
    key === 'histograms' ? {} : key === 'blocks' ? undefined : value,
  );
  return JSON.parse(text, (key, value) => {
    if (key === 'latencyUs') return Object.fromEntries(Object.keys(value).map((name) => [name, { count: 0 }]));
    return ['offered', 'ok', 'failed', 'attempts', 'durationMs', 'goodputPerSecond'].includes(key) ? 0 : value;
  });
}

/** All that may be null is. */
function withNulls(result: RunResult): RunResult {
  const mayBeNull =
    /^(p50|p90|p99|p999|min|mean|max|p50Us|p99Us|bytes\w+|\w+UsPerOperation|appliedAtMs|removedAtMs|proof)$/;
  const text = JSON.stringify(result, (key, value) => (mayBeNull.test(key) ? null : value));
  return JSON.parse(text, (key, value) =>
    key === 'ledger' ? Object.fromEntries(Object.keys(value).map((entry) => [entry, null])) : value,
  );
}

describe.each(formatNames)('format %s', (format) => {
  it.each([
    ['a full result', whole],
    ['a result without trials', empty],
    ['a partial result', partial],
    ['phases without a sample', withoutSamples(whole)],
    ['nothing but nulls', withNulls(whole)],
    ['trials that are all invalid', changed({ verdict: { status: 'invalid', reasons: [] } })],
    ['trials without phases', changed({ phases: {}, histograms: {}, timeline: [] })],
    ['no question, primary figure or threshold', plain()],
  ] as [string, RunResult][])('renders %s without a hole', (_name, result) => {
    const text = visible(reporters[format].render(result));
    expect(text).not.toMatch(/\bundefined\b|\bNaN\b|Infinity|\[object /);
    expect(text).not.toMatch(format === 'json' || format === 'csv' || format === 'hlog' ? /^$/ : /\bnull\b/);
  });
});

describe('a warm-up that lasted until the load was steady', () => {
  const withWarmups = fixtureResult({
    trials: whole.trials.map((trial, index) => ({
      ...trial,
      warmup: index === 0 ? { durationMs: 30_000, ended: 'notSteady' } : { durationMs: 3_500 + index, ended: 'steady' },
    })),
  });

  it.each(['html', 'markdown'] as const)('is told with how long it was (%s)', (format) => {
    expect(visible(reporters[format].render(withWarmups))).toMatch(/Warm-up lasted until .* steady: 3\.5 s\./);
  });

  it('is told with each trial, and when it gave up', () => {
    const text = visible(reporters.html.render(withWarmups));
    expect(text).toContain('warm-up 3.5 s, until steady');
    expect(text).toContain('warm-up 30 s, and still not steady');
  });
});

function changed(change: Partial<TrialResult>): RunResult {
  return fixtureResult({ trials: whole.trials.map((trial) => ({ ...trial, ...change })) });
}

function plain(): RunResult {
  return fixtureResult({
    thresholds: [],
    warnings: [],
    plan: { ...whole.plan, question: undefined, primary: undefined },
  });
}

describe('html', () => {
  const evil = `</script><script>alert(1)</script><img src=x onerror="alert('1')">`;
  const evilResult = fixtureResult({
    trials: whole.trials.map((trial) => ({
      ...trial,
      id: evil + trial.id,
      target: evil,
      engine: trial.engine === 'native' ? 'native' : evil,
      limitations: [evil],
      verdict: { status: 'suspect', reasons: [{ status: 'suspect', code: evil, message: evil, remedy: evil }] },
      semantics: { [evil]: evil },
      faults: trial.faults.map((fault) => ({ ...fault, fault: evil, expected: evil, proof: { [evil]: evil } })),
    })),
    run: { ...whole.run, id: evil, scenario: evil },
    plan: { ...whole.plan, name: evil, question: evil },
    environment: { ...whole.environment, os: evil, versions: { [evil]: evil } },
    thresholds: [{ expression: evil, actual: null, status: 'noData', trial: evil }],
    warnings: [{ code: evil, message: evil, remedy: evil }],
  });

  it('escapes what comes from the scenario, in text, attributes and data', () => {
    const html = reporters.html.render(evilResult);
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;/script&gt;&lt;script&gt;');
    // The data, the chart library and our charts: no fourth.
    expect(html.match(/<script/g)).toHaveLength(3);
    expect(html.match(/<\/script>/g)).toHaveLength(3);
  });

  it('embeds its data so that it reads back as it was', () => {
    const data = /<script type="application\/json" id="data">(.*?)<\/script>/.exec(reporters.html.render(evilResult));
    expect(JSON.parse(data?.[1] ?? '')).toEqual(chartData(evilResult));
  });

  it('fetches nothing, and its policy allows its own scripts and styles only', () => {
    const html = reporters.html.render(whole);
    expect(visible(html)).not.toMatch(/\bsrc=|href="(?!#)|\bstyle=|\bon\w+=/);
    expect(html).not.toMatch(/@import|url\(/);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    expect(policy).toMatch(/^default-src 'none';/);
    const inline = [...html.matchAll(/<(?:script|style)>([\s\S]*?)<\/(?:script|style)>/g)];
    expect(inline).toHaveLength(3);
    for (const [, text = ''] of inline) {
      expect(policy).toContain(`'sha256-${createHash('sha256').update(text).digest('base64')}'`);
    }
  });

  it('stays small', () => {
    expect(Buffer.byteLength(reporters.html.render(whole))).toBeLessThan(500_000);
  });

  it('balances its elements', () => {
    const text = visible(reporters.html.render(whole));
    for (const tag of ['table', 'tr', 'td', 'th', 'details', 'figure', 'div', 'section', 'ul', 'li', 'p', 'button']) {
      const [opened, closed] = [text.match(new RegExp(`<${tag}\\b`, 'g')), text.match(new RegExp(`</${tag}>`, 'g'))];
      expect([tag, opened?.length]).toEqual([tag, closed?.length]);
    }
  });

  it('gives each body row as many cells as there are columns', () => {
    for (const [table] of visible(reporters.html.render(whole)).matchAll(/<table>[\s\S]*?<\/table>/g)) {
      const [head = '', ...rows] = table.split('<tbody>').flatMap((part, n) => (n === 0 ? part : part.split('</tr>')));
      const columns = head
        .split('<tr>')
        .at(-1)
        ?.match(/<(td|th)\b/g)?.length;
      for (const row of rows.filter((one) => one.includes('<tr'))) {
        expect(row.match(/<(td|th)\b/g)).toHaveLength(columns ?? 0);
      }
    }
  });
});

describe('charts', () => {
  it('end a curve where the rest of the operations never succeeded', () => {
    const during = chartData(whole).conditions[1]?.phases.find(({ phase }) => phase === 'during');
    const end = (label: string) => during?.curves.find((curve) => curve.label === label)?.points.at(-1)?.[0] ?? 0;
    expect(end('queue')).toBeCloseTo(2_500 / 775, 1); // 31 % failed: the curve ends at 69 %
  });

  it('end a curve where fewer than ten operations lie beyond', () => {
    const during = chartData(whole).conditions[1]?.phases.find(({ phase }) => phase === 'during');
    const rest = during?.curves.find(({ label }) => label === 'rest')?.points.at(-1)?.[0] ?? 0;
    expect(rest).toBeGreaterThan(100);
    expect(rest).toBeLessThanOrEqual(250); // of 2,500
  });

  it('rise in both directions', () => {
    for (const { phases } of chartData(whole).conditions) {
      for (const { points } of phases.flatMap(({ curves }) => curves)) {
        points.forEach(([x, y], n) => {
          expect(x).toBeGreaterThanOrEqual(points[n - 1]?.[0] ?? 1);
          expect(y).toBeGreaterThanOrEqual(points[n - 1]?.[1] ?? 0);
        });
      }
    }
  });
});

describe('terminal', () => {
  it.each([40, 50, 60, 80, 100, 120, 160, 250])(
    'keeps within %d columns, and to plain text without colour',
    (width) => {
      const text = terminal(whole, width);
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
      expect(text).not.toContain('\u001b');
    },
  );

  it('says the same with colour', () => {
    const coloured = renderTerminal(whole, { colour: true, width: 120 });
    expect(coloured).toContain('\u001b[1m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours are what is taken out
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(terminal(whole, 120));
  });

  it('does not pass control characters of a name on', () => {
    const trials = whole.trials.map((trial) => ({ ...trial, target: `${trial.target}\u001b[2J\u202e\r` }));
    const text = terminal(fixtureResult({ trials, plan: { ...whole.plan, question: 'a\u001b]0;b\u0007c\nd' } }), 120);
    for (const character of ['\u001b', '\u0007', '\r', '\u202e']) expect(text).not.toContain(character);
    expect(text.split('\n')[0]).toMatch(/^a\S* d$/);
  });
});

describe('hlog', () => {
  interface Interval {
    readonly tag: string;
    readonly totalCount: number;
    readonly maxValue: number;
    readonly startTimeStampMsec: number;
    readonly endTimeStampMsec: number;
  }
  const read = (result: RunResult): Interval[] => {
    const reader = new HistogramLogReader(reporters.hlog.render(result), 64);
    const found: Interval[] = [];
    for (let next = reader.nextIntervalHistogram(); next !== null; next = reader.nextIntervalHistogram()) {
      found.push(next as unknown as Interval);
    }
    return found;
  };

  it('is read back by HdrHistogram’s own reader, count for count and tag by tag', () => {
    const found = new Map(read(whole).map((interval) => [interval.tag, interval.totalCount]));
    const stored = whole.trials.flatMap(({ id, histograms }) =>
      (Object.entries(histograms) as [PhaseName, Record<LatencyName, string>][]).flatMap(([phase, all]) =>
        Object.entries(all).map(([name, text]) => [`${id}.${phase}.${name}`, decodeLatencyCounts(text).count] as const),
      ),
    );
    expect(stored.length).toBeGreaterThan(150);
    expect([...found]).toEqual(stored);
  });

  it('has the real times of each phase, one after another', () => {
    const intervals = read(whole).filter(
      ({ tag }) => tag.startsWith('rest-slow-network-1.') && tag.endsWith('.response'),
    );
    const startMs = Date.parse('2026-11-01T10:00:00.000Z');
    expect(intervals.map((one) => [one.startTimeStampMsec - startMs, one.endTimeStampMsec - startMs])).toEqual([
      [0, 3_000],
      [3_000, 8_000],
      [8_000, 13_000],
      [13_000, 18_000],
    ]);
  });

  it('states the exact maximum in milliseconds', () => {
    const line = reporters.hlog
      .render(whole)
      .split('\n')
      .find((one) => one.startsWith('Tag=rest-calm-1.steady.response,'));
    const max = whole.trials[0]?.phases.steady?.latencyUs.response.max ?? 0;
    expect(line?.split(',')[3]).toBe((max / 1e3).toFixed(3));
  });

  it('keeps separators out of tags', () => {
    const trials = whole.trials.slice(0, 1).map((trial) => ({ ...trial, id: 'a,b c\n#d' }));
    expect(read(fixtureResult({ trials })).map(({ tag }) => tag)).toContain('a_b_c_#d.steady.response');
  });
});

describe('csv', () => {
  it('has one row a trial, phase and operation, all equally long', () => {
    const rows = reporters.csv.render(whole).trimEnd().split('\r\n');
    const operations = whole.trials.flatMap(({ phases }) => Object.values(phases).map((one) => one.operations));
    expect(rows).toHaveLength(1 + operations.reduce((sum, one) => sum + Object.keys(one).length, 0));
    expect(new Set(rows.map((row) => row.split(',').length)).size).toBe(1);
  });

  it('disarms formulas', () => {
    const text = reporters.csv.render(changed({ target: '=cmd()', condition: '@x,y"z' }));
    expect(text).not.toMatch(/(^|,)[=@]/m);
    expect(text).toContain(`"'@x,y""z"`);
  });
});
