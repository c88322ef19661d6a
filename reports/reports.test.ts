import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HistogramLogReader } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { decodeLatencyCounts } from '../result/latency-counts.ts';
import type { RunResult, TrialResult } from '../result/result-types.ts';
import { engineTrial, fixtureResult } from './fixture-result.ts';
import { formatPercentile, formatShare, formatUs } from './format-values.ts';
import { formatNames, reporters } from './formats.ts';
import { answer } from './result-view.ts';
import { renderTerminal } from './terminal.ts';

const golden = join(import.meta.dirname, 'golden');
const plain = { colour: false, width: 160 };

/** Compares with the stored file; UPDATE_GOLDEN=1 writes it. */
function expectGolden(name: string, text: string): void {
  const path = join(golden, name);
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(golden, { recursive: true });
    writeFileSync(path, text);
  }
  expect(text).toBe(readFileSync(path, 'utf8'));
}

const empty = fixtureResult({ status: 'interrupted', trials: [], thresholds: [], warnings: [] });
const withEngine = fixtureResult({ trials: [...fixtureResult().trials, engineTrial()] });

describe('golden reports', () => {
  it.each([
    ['terminal.txt', () => renderTerminal(withEngine, plain)],
    ['terminal-narrow.txt', () => renderTerminal(withEngine, { colour: false, width: 60 })],
    ['report.md', () => reporters.markdown.render(withEngine)],
    ['summary.csv', () => reporters.csv.render(withEngine)],
    ['empty.txt', () => renderTerminal(empty, plain)],
  ])('%s is as stored', (name, render) => {
    expectGolden(name, render());
  });
});

describe.each(formatNames)('format %s', (format) => {
  it.each([
    ['a full result', withEngine],
    ['a result without trials', empty],
    [
      'a result without a question and primary figure',
      fixtureResult({ plan: { ...fixtureResult().plan, question: undefined, primary: undefined } }),
    ],
  ] as [string, RunResult][])('renders %s without a hole', (_name, result) => {
    const text = reporters[format].render(result).replace(/<script>[\s\S]*?<\/script>/g, '');
    expect(text).not.toMatch(/\bundefined\b|\bNaN\b|\[object /);
  });
});

describe('the answer', () => {
  it('ranks by the primary figure and says what was lost and how many trials hold', () => {
    const [first, second, third] = answer(fixtureResult()).sentences;
    expect(first).toMatch(
      /^delivered p99 of placeOrder under slow-network \(during\): websocket .*rest .*stream .*, queue not reached \(31 % failed\)\.$/,
    );
    expect(second).toBe('lost: 12 of 75,000 acknowledged, applied twice: 3.');
    expect(third).toBe('9 of 10 trials valid, 1 suspect. One repeat: it says nothing about noise.');
  });

  it('does not rank a target whose trials are all suspect', () => {
    const trials = fixtureResult().trials.map(
      (trial): TrialResult =>
        trial.target === 'websocket' ? { ...trial, verdict: { status: 'suspect', reasons: [] } } : trial,
    );
    expect(answer(fixtureResult({ trials })).sentences[0]).toMatch(
      /: rest .*stream .*websocket [^,]* \(not ranked\), queue not reached/,
    );
  });

  it('says that an interrupted run is not whole', () => {
    expect(answer(empty).sentences[0]).toBe('The run is interrupted: 0 of 10 trials are here.');
  });

  it('never averages repeats: the middle one, with the range', () => {
    const repeats = fixtureResult().trials.filter(({ id }) => id === 'rest-slow-network-1');
    const trials = [1, 2, 3].flatMap((repeat) => repeats.map((trial) => ({ ...trial, repeat })));
    expect(answer(fixtureResult({ trials })).sentences[0]).toMatch(/rest \S+ ms \(\S+ ms–\S+ ms in 3 repeats\)/);
  });
});

describe('html', () => {
  it('escapes what comes from the scenario, in text and in data', () => {
    const evil = '</script><script>alert(1)</script>';
    const trials = fixtureResult().trials.map((trial) => ({
      ...trial,
      target: trial.target === 'rest' ? evil : trial.target,
    }));
    const html = reporters.html.render(fixtureResult({ trials }));
    expect(html).not.toContain(evil);
    expect(html).toContain('&lt;/script&gt;');
    expect(html.match(/<script/g)).toHaveLength(3);
  });

  it('fetches nothing', () => {
    const html = reporters.html.render(withEngine);
    expect(html).not.toMatch(/(src|href)=|@import|url\(/);
    expect(Buffer.byteLength(html)).toBeLessThan(1_500_000);
  });
});

describe('terminal', () => {
  it('keeps within its width, and to plain text without colour', () => {
    for (const width of [60, 100, 160]) {
      const text = renderTerminal(withEngine, { colour: false, width });
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width + 2);
      expect(text).not.toContain('\u001b');
    }
  });

  it('does not pass control characters of a name on', () => {
    const trials = fixtureResult().trials.map((trial) => ({ ...trial, target: `${trial.target}\u001b[2J` }));
    expect(renderTerminal(fixtureResult({ trials }), plain)).not.toContain('\u001b');
  });
});

describe('hlog', () => {
  it('is read back by HdrHistogram’s own reader, count for count', () => {
    const result = fixtureResult();
    const reader = new HistogramLogReader(reporters.hlog.render(result));
    const found = new Map<string, number>();
    for (let next = reader.nextIntervalHistogram(); next !== null; next = reader.nextIntervalHistogram()) {
      found.set(String((next as { tag?: string }).tag), next.totalCount);
    }
    expect(found.size).toBe(result.trials.reduce((sum, { histograms }) => sum + Object.keys(histograms).length, 0));
    for (const trial of result.trials) {
      for (const [phase, histograms] of Object.entries(trial.histograms)) {
        expect(found.get(`${trial.id}.${phase}.response`)).toBe(decodeLatencyCounts(histograms.response ?? '').count);
      }
    }
  });
});

describe('csv', () => {
  it('disarms formulas', () => {
    const trials = fixtureResult().trials.map((trial) => ({ ...trial, target: '=cmd()' }));
    expect(reporters.csv.render(fixtureResult({ trials }))).not.toMatch(/(^|,)=cmd/m);
  });
});

describe('values', () => {
  it.each([
    [0, '0 µs'],
    [87.4, '87 µs'],
    [999.6, '1.00 ms'],
    [1_240, '1.24 ms'],
    [40_910, '40.9 ms'],
    [409_100, '409 ms'],
    [999_600, '1.00 s'],
    [2_049_000, '2.05 s'],
  ])('%d µs reads %s', (us, text) => {
    expect(formatUs(us)).toBe(text);
  });

  it('tells why there is no percentile', () => {
    const counts = { offered: 1_000, ok: 690, rejected: 310, failed: 0, timedOut: 0, dropped: 0, attempts: 1_000 };
    expect(formatPercentile({ count: 1_000, p99: null }, 'p99', counts)).toBe('not reached (31 % failed)');
    expect(formatPercentile({ count: 500, p99: null }, 'p99', counts)).toBe('too few');
    expect(formatPercentile({ count: 0 }, 'p99')).toBe('–');
  });

  it('never rounds a share to nothing or to all', () => {
    expect([formatShare(0, 9), formatShare(1, 1e6), formatShare(999_999, 1e6), formatShare(9, 9)]).toEqual([
      '0',
      '< 0.1 %',
      '> 99.9 %',
      '100 %',
    ]);
  });
});
