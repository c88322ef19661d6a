/** One self-contained page: the answer, the tables, the curves. Nothing is fetched, and only its own scripts may run. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PhaseName, RunResult, TrialResult } from '../../result/result-types.ts';
import type { Doubt } from '../answer/fairness.ts';
import { doubtText, trialsText } from '../answer/fairness.ts';
import { reasonTexts } from '../figures/error-texts.ts';
import { type ConditionGroup, totalCounts, validText } from '../figures/result-view.ts';
import type { VariantSet } from '../figures/variant-figures.ts';
import { type Item, outline, type Section } from '../outline.ts';
import { withoutProbes } from '../tables/capacity.ts';
import { latencyTable, ledgerCasesTable, operationsTable, trialFacts } from '../tables/trial-tables.ts';
import { formatThresholdActual } from '../text/format-threshold.ts';
import { formatCount, formatUs } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Table } from '../text/table.ts';
import { chartData, mergedLatencies, watchOf } from './chart-data.ts';
import { flowPicture } from './flow-picture.ts';
import { heatMap, htmlHeatMap } from './heat-maps.ts';
import { answerSection } from './html-answer.ts';
import { escapeHtml, htmlTable } from './html-table.ts';
import { paretoFigure } from './pareto-figure.ts';

const uplot = dirname(createRequire(import.meta.url).resolve('uplot/package.json'));
const asset = (path: string) => readFileSync(path, 'utf8');

export function renderHtml(whole: RunResult): string {
  const result = withoutProbes(whole);
  const { question, name } = result.plan;
  const style = `${asset(join(uplot, 'dist', 'uPlot.min.css'))}${asset(join(import.meta.dirname, 'page', 'page.css'))}`;
  const scripts = [join(uplot, 'dist', 'uPlot.iife.min.js'), join(import.meta.dirname, 'page', 'charts.js')].map(
    (path) => asset(path).replaceAll('</script', '<\\/script'),
  );
  const policy = `default-src 'none'; style-src ${hash(style)}; script-src ${scripts.map(hash).join(' ')}; base-uri 'none'; form-action 'none'`;
  const sections = outline(whole).map((section) => ({ ...section, body: sectionBody(section, result) }));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(question ?? name)} – Wirebench</title>
<style>${style}</style>
</head>
<body>
${answerSection(result)}
${sections.length < 2 ? '' : `<nav aria-label="Sections">${sections.map(({ id, title }) => `<a href="#${id}">${escapeHtml(title)}</a>`).join('')}</nav>`}
<main>
${sections.map(({ id, title, body }) => `<section id="${id}"><h2>${escapeHtml(title)}</h2>\n${body}</section>`).join('\n')}
</main>
<footer>${environmentLine(result)}</footer>
<script type="application/json" id="data">${JSON.stringify(chartData(result)).replaceAll('<', '\\u003c')}</script>
${scripts.map((script) => `<script>${script}</script>`).join('\n')}
</body>
</html>
`;
}

function hash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function sectionBody({ items }: Section, result: RunResult): string {
  return items.map((item) => itemHtml(item, result)).join('\n');
}

function itemHtml(item: Item, { plan }: RunResult): string {
  switch (item.kind) {
    case 'table':
      return htmlTable(item.table);
    case 'settings':
      return `<div class="settings">${htmlTable(item.table)}</div>`;
    case 'findings':
    case 'notes':
      return `<ul class="${item.kind}">${item.texts.map((text) => `<li>${escapeHtml(text)}</li>`).join('')}</ul>`;
    case 'snippets':
      return item.texts.map((text) => `<p><code>${escapeHtml(text)}</code></p>`).join('');
    case 'thresholds':
      return thresholdList(item.thresholds);
    case 'doubts':
      return doubtList(item.doubts);
    case 'flowPictures':
      return `<div class="flows">${item.contenders.flatMap((one) => flowPicture(one) ?? []).join('\n')}</div>`;
    case 'variantPictures':
      return item.sets.map(variantPictures).join('\n');
    case 'charts':
      return `<div class="charts">
${curvesFigure(item.group, item.index, plan.primary?.phase ?? null)}
${timelineFigure(item.group, item.index)}
</div>`;
    case 'trials':
      return `<h3>Trials</h3>\n${item.trials.map(trialDetails).join('\n')}`;
  }
}

/** What each variant costs, and two settings against each other. */
function variantPictures(set: VariantSet): string {
  const maps = (['latency', 'cpu', 'bytes'] as const).flatMap((figure) => heatMap(set, figure) ?? []);
  const heat = maps.map((map) => htmlHeatMap(set, map)).join('\n');
  return `${paretoFigure(set)}\n${heat === '' ? '' : `<div class="heats">${heat}</div>`}`;
}

/** `first`: the phase that the scenario’s primary figure is of, which is shown first. */
function curvesFigure(group: ConditionGroup, n: number, first: PhaseName | null): string {
  const preferred = [first, 'during'] as const;
  const shown = preferred.find((phase) => phase !== null && group.phases.includes(phase)) ?? group.phases[0];
  return `<figure>
<div class="head"><figcaption><b>Latency by percentile</b>, all operations. A curve ends where fewer than ten lie beyond, or where the rest never succeeded. Drag to zoom, double click for all.</figcaption>
<div>${choice('Phase', group.phases, shown)} ${choice('Part', ['all', 'from 90 %', 'from 99 %'], 'all')}</div></div>
<div class="chart" data-condition="${n}" data-kind="curves" role="img" aria-label="Latency by percentile; the figures are in the table below"></div>
<details class="figures"><summary>Figures</summary>${group.phases.map((phase) => htmlTable(percentileTable(group, phase))).join('')}</details>
</figure>`;
}

/** The highest percentile that most intervals know: a quarter of a second seldom has the samples for a p99. */
function timelineFigure({ contenders }: ConditionGroup, n: number): string {
  const points = contenders.flatMap(({ trials }) =>
    trials.flatMap(({ timeline }) => timeline.filter(({ ok }) => ok > 0)),
  );
  const isKnown = (name: 'p99Us' | 'p90Us') =>
    points.filter((point) => (point[name] ?? null) !== null).length > points.length / 2;
  const shown = isKnown('p99Us') ? 'p99' : isKnown('p90Us') ? 'p90' : 'p50';
  return `<figure>
<div class="head"><figcaption><b>Over time</b>, ok operations by intended start. Faults are shaded where they acted; dashed: all in its usual range again. No line where nothing succeeded, or fewer than ten lie beyond the percentile.</figcaption>
${choice('Figure', ['p99', 'p90', 'p50', 'ok/s', 'not ok/s'], shown)}</div>
<div class="chart" data-condition="${n}" data-kind="timeline" role="img" aria-label="Latency and rates over time; the tables above have them by phase"></div>
</figure>`;
}

function choice(label: string, options: readonly string[], chosen: string | undefined): string {
  if (options.length < 2) return '';
  const buttons = options.map(
    (option) => `<button type="button" aria-pressed="${option === chosen}">${escapeHtml(option)}</button>`,
  );
  return `<div class="choice" role="group" aria-label="${label}">${buttons.join('')}</div>`;
}

const curveQuantiles = [0.5, 0.9, 0.99, 0.999, 0.9999] as const;
const leastBeyond = 10;

/** The curves in figures: repeats merged by adding their counts. */
function percentileTable(group: ConditionGroup, phase: ConditionGroup['phases'][number]): Table {
  return {
    title: phase,
    spans: [],
    columns: [nameColumn('target'), ...figureColumns('p50', 'p90', 'p99', 'p99.9', 'p99.99')],
    rows: group.contenders.map((contender) => {
      const { merged, offered } = mergedLatencies(contender, phase);
      const cells = curveQuantiles.map((quantile) => {
        if (offered === 0) return '–';
        if (Math.round(offered * (1 - quantile) * 1e6) / 1e6 < leastBeyond) return 'too few';
        const us = merged.atQuantile(quantile, offered);
        return us === null ? 'not reached' : formatUs(us);
      });
      return { cells: [contender.label, ...cells], status: contender.status };
    }),
  };
}

function trialDetails(trial: TrialResult): string {
  const { id, verdict } = trial;
  const errors = reasonTexts(trial.phases);
  const reasons = verdict.reasons.map(({ message, remedy }) => `${message} ${remedy}`);
  const { offered, ok } = totalCounts([trial]);
  const notOk = offered === ok ? '' : ` · ${formatCount(offered - ok)} of ${formatCount(offered)} not ok`;
  const paragraphs = [trialFacts(trial), ...reasons, ...(errors.length > 0 ? [`Not ok: ${errors.join('; ')}`] : [])];
  const cases = ledgerCasesTable(trial);
  const chart = trial.timeline.length < 2 ? '' : trialCharts(trial);
  return `<details class="trial ${verdict.status}"><summary><b>${escapeHtml(id)}</b> <span class="verdict">${verdict.status === 'valid' ? validText([trial]) : verdict.status}</span>${notOk}</summary>
${paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n')}
${chart}
${htmlTable(operationsTable(trial))}
${htmlTable(latencyTable(trial))}
${cases === null ? '' : htmlTable(cases)}
</details>`;
}

function trialCharts(trial: TrialResult): string {
  const { id, backlog, breaker } = trial;
  const chart = (kind: string, label: string, more = '') =>
    `<figure><figcaption>${label}</figcaption><div class="chart" data-trial="${escapeHtml(id)}" data-kind="${kind}"${more} role="img" aria-label="${label}"></div></figure>`;
  const hasBacklog = backlog !== undefined && backlog.points.length > 1;
  const waiting = hasBacklog ? chart('trialBacklog', `backlog: ${escapeHtml(backlog.counts)}`) : '';
  const watched = (watchOf(trial)?.series ?? []).map(({ label }, n) =>
    chart('trialWatch', `your own system: ${escapeHtml(label)}`, ` data-series="${n}"`),
  );
  const marks = breaker === undefined ? '' : ' · at the upper edge: ▼ breaker opens, ● probes, ▲ closes';
  return `<div class="charts">${chart('trialLatency', `p50, p90 and p99 over time${marks}`)}${chart('trialRate', 'ok/s and not ok/s by intended start')}${waiting}${watched.join('')}</div>`;
}

function thresholdList(thresholds: RunResult['thresholds']): string {
  const words = { pass: '✓ pass', fail: '✕ fail', noData: '? no data' };
  const items = thresholds.map(
    (one) =>
      `<li class="${one.status}"><b>${words[one.status]}</b> <code>${escapeHtml(one.expression)}</code> ${escapeHtml(formatThresholdActual(one).trim())}</li>`,
  );
  return `<ul class="thresholds">${items.join('')}</ul>`;
}

function doubtList(doubts: readonly Doubt[]): string {
  const items = doubts.map((doubt) => {
    const who = doubt.trials.length === 0 ? 'run' : trialsText(doubt.trials);
    return `<li class="${doubt.status}"><b>${doubt.status}</b> <span class="who">${escapeHtml(who)}</span> ${escapeHtml(doubtText(doubt))}</li>`;
  });
  return `<ul class="doubts">${items.join('')}</ul>`;
}

/** `rabbitmq 3.10.8 (Debian’s, out of community support since July 2023)` */
function partText(name: string, version: string, support: string | undefined): string {
  return `${name} ${version}${support === undefined ? '' : ` (${support})`}`;
}

function environmentLine({ environment, run }: RunResult): string {
  const { cpu, cores, memoryBytes, os, node, versions, support = {}, gitCommit } = environment;
  const parts = [
    run.id,
    `${cpu}, ${cores} cores, ${Math.round(memoryBytes / 1024 ** 3)} GiB`,
    os,
    `Node ${node}`,
    ...Object.entries(versions).map(([name, version]) => partText(name, version, support[name])),
    ...(gitCommit === null ? [] : [`commit ${gitCommit}`]),
  ];
  return escapeHtml(parts.join(' · '));
}
