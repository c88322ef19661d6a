/** One self-contained page: the answer, the tables, the curves. Nothing is fetched; names are escaped. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { RunResult, TrialResult } from '../result/result-types.ts';
import { type ChartData, chartData } from './chart-data.ts';
import { comparisonTables, engineTable, semanticsTable, type Table } from './comparison-tables.ts';
import { formatThresholdActual } from './format-threshold.ts';
import { formatDuration, formatUs } from './format-values.ts';
import { answer } from './result-view.ts';

const uplot = dirname(createRequire(import.meta.url).resolve('uplot/package.json'));
const asset = (path: string) => readFileSync(path, 'utf8');

export function renderHtml(result: RunResult): string {
  const { question, name } = result.plan;
  const charts = chartData(result);
  const engines = engineTable(result);
  const title = escapeHtml(question ?? name);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} — Wirebench</title>
<style>${asset(join(uplot, 'dist', 'uPlot.min.css'))}${asset(join(import.meta.dirname, 'page', 'page.css'))}</style>
</head>
<body>
<header>
<p class="meta">Wirebench · ${escapeHtml(result.run.scenario)} · ${escapeHtml(result.run.startedAt.slice(0, 16).replace('T', ' '))} UTC</p>
<h1>${title}</h1>
${answer(result)
  .sentences.map((sentence, n) => `<p class="${n === 0 ? 'answer' : 'aside'}">${escapeHtml(sentence)}</p>`)
  .join('\n')}
${verdictStrip(result)}
</header>
<main>
${comparisonTables(result)
  .map(({ condition, tables }, n) => conditionSection(condition, tables, charts[n], n))
  .join('\n')}
${engines === null ? '' : `<section><h2>Other engines</h2>${renderTable(engines)}</section>`}
${thresholdSection(result)}
${faultSection(result)}
${doubtSection(result)}
${result.trials.length === 0 ? '' : `<section><h2>What makes it fair</h2>${renderTable(semanticsTable(result))}${fairness(result)}</section>`}
</main>
<footer>${environmentLine(result)}</footer>
<script type="application/json" id="data">${JSON.stringify(charts).replaceAll('<', '\\u003c')}</script>
<script>${asset(join(uplot, 'dist', 'uPlot.iife.min.js')).replaceAll('</script', '<\\/script')}</script>
<script>${asset(join(import.meta.dirname, 'page', 'charts.js'))}</script>
</body>
</html>
`;
}

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

function verdictStrip({ trials }: RunResult): string {
  const dots = trials.map(
    ({ id, verdict }) =>
      `<span class="dot ${verdict.status}" title="${escapeHtml(`${id}: ${verdict.status}`)}"></span>`,
  );
  return trials.length === 0 ? '' : `<p class="strip" aria-hidden="true">${dots.join('')}</p>`;
}

function conditionSection(
  condition: string,
  tables: readonly Table[],
  charts: ChartData | undefined,
  n: number,
): string {
  const figure = (kind: string, caption: string) =>
    `<figure><div class="chart" data-condition="${n}" data-kind="${kind}"></div><figcaption>${escapeHtml(caption)}</figcaption></figure>`;
  const phase = charts?.curves.phase ?? '';
  return `<section>
<h2>${escapeHtml(condition)}</h2>
${tables.map(renderTable).join('\n')}
<div class="charts">
${figure('curves', `Response time by percentile, ${phase}, all operations; a curve that ends early was not reached by the rest`)}
${figure('timeline', 'p99 over time, by intended start; faults are shaded')}
</div>
</section>`;
}

function renderTable({ title, spans, columns, rows }: Table): string {
  const cell = (tag: 'th' | 'td', text: string, attributes = '') => `<${tag}${attributes}>${escapeHtml(text)}</${tag}>`;
  const spanRow =
    spans.length === 0
      ? ''
      : `<tr>${spans.map(({ text, columns: width }) => cell('th', text, ` colspan="${width}" scope="colgroup"`)).join('')}</tr>`;
  const body = rows.map(({ cells, status }) => {
    const [first = '', ...rest] = cells;
    return `<tr class="${status}">${cell('th', first, ' scope="row"')}${rest.map((text, n) => cell('td', text, columns[n + 1] === 'verdict' ? ' class="verdict"' : missing(text))).join('')}</tr>`;
  });
  return `<div class="table"><table>
<caption>${escapeHtml(title)}</caption>
<thead>${spanRow}<tr>${columns.map((column) => cell('th', column, ' scope="col"')).join('')}</tr></thead>
<tbody>${body.join('\n')}</tbody>
</table></div>`;
}

function missing(text: string): string {
  if (text.startsWith('not reached')) return ' class="bad"';
  return text === 'too few' || text === '–' || text === '?' ? ' class="none"' : '';
}

function thresholdSection({ thresholds }: RunResult): string {
  if (thresholds.length === 0) return '';
  const items = thresholds.map(
    (one) =>
      `<li class="${one.status}"><b>${one.status === 'noData' ? 'no data' : one.status}</b> <code>${escapeHtml(one.expression)}</code>${escapeHtml(formatThresholdActual(one))}</li>`,
  );
  return `<section><h2>Thresholds</h2><ul class="thresholds">${items.join('')}</ul></section>`;
}

/** What was injected, when it really was, what to expect of it, and the proof that it acted. */
function faultSection({ trials }: RunResult): string {
  const rows = trials.flatMap(({ id, verdict, faults }) =>
    faults.map((fault) => {
      const at = (ms: number | null) => (ms === null ? 'never' : formatDuration(ms));
      const proof =
        fault.proof === null
          ? 'none'
          : Object.entries(fault.proof)
              .map(([key, value]) => `${key}: ${proofValue(key, value)}`)
              .join(', ');
      const planned = `${at(fault.plannedAtMs)} for ${formatDuration(fault.plannedForMs)}`;
      const cells = [
        id,
        `${fault.fault} on the ${fault.link} link`,
        planned,
        `${at(fault.appliedAtMs)} – ${at(fault.removedAtMs)}`,
        fault.expected,
        proof,
      ];
      return { cells, status: verdict.status };
    }),
  );
  const columns = ['trial', 'fault', 'planned', 'in force', 'expected', 'proof'];
  return rows.length === 0
    ? ''
    : `<section><h2>Faults</h2>${renderTable({ title: 'times after the end of warm-up', spans: [], columns, rows })}</section>`;
}

function proofValue(key: string, value: string | number | boolean | null): string {
  return key.endsWith('Us') && typeof value === 'number' ? formatUs(value) : String(value ?? 'unknown');
}

function doubtSection({ trials, warnings }: RunResult): string {
  const items = [
    ...trials.flatMap(({ id, verdict }) =>
      verdict.reasons.map(
        ({ status, message, remedy }) =>
          `<li class="${status}"><b>${escapeHtml(id)}</b> ${status}: ${escapeHtml(`${message} ${remedy}`)}</li>`,
      ),
    ),
    ...warnings.map(({ message, remedy }) => `<li class="suspect">${escapeHtml(`${message}. ${remedy}`)}</li>`),
  ];
  return items.length === 0 ? '' : `<section><h2>Doubts</h2><ul>${items.join('')}</ul></section>`;
}

function fairness({ trials }: RunResult): string {
  const limitations = new Map<string, readonly string[]>(
    trials
      .filter((trial: TrialResult) => trial.limitations.length > 0)
      .map((trial) => [trial.engine, trial.limitations]),
  );
  const notes = [
    'Every figure named p… counts all offered operations; one that did not succeed counts as infinitely late.',
    'The same seeded schedule, keys and payloads for every target; the calm condition passes through Toxiproxy as well.',
    'CPU is that of each process tree, less its idle baseline; generator, services, brokers and proxy share one machine.',
    ...[...limitations].flatMap(([engine, all]) => all.map((one) => `${engine}: ${one}`)),
  ];
  return `<ul class="notes">${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>`;
}

function environmentLine({ environment }: RunResult): string {
  const { cpu, cores, memoryBytes, os, node, versions, gitCommit } = environment;
  const parts = [
    `${cpu}, ${cores} cores, ${Math.round(memoryBytes / 1024 ** 3)} GiB`,
    os,
    `Node ${node}`,
    ...Object.entries(versions).map(([name, version]) => `${name} ${version}`),
    ...(gitCommit === null ? [] : [`commit ${gitCommit}`]),
  ];
  return escapeHtml(parts.join(' · '));
}
