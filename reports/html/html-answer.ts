/** The top of the page: the question, its answer in a sentence, and the one figure of each target as a bar. */
import type { RunResult } from '../../result/result-types.ts';
import { answer } from '../answer/answer.ts';
import type { AnswerFigure } from '../figures/answer-figures.ts';
import { formatCount, formatDuration } from '../text/format-values.ts';
import { escapeHtml } from './html-table.ts';

export function answerSection(result: RunResult): string {
  const { question, name } = result.plan;
  const { parts, what, figures } = answer(result);
  // Of what the bars are, the answer's first sentence says where it is about them.
  const isNamed = parts[0]?.kind === 'figures';
  const sentences = parts.map(({ text }) => text);
  const [lead = 'No trial was finished.', ...rest] = sentences;
  return `<header>
<p class="meta">${escapeHtml(metaLine(result))}</p>
<h1>${escapeHtml(question ?? name)}</h1>
<p class="answer">${escapeHtml(lead)}</p>
${what === null ? '' : bars(what, figures, isNamed)}
<ul class="facts">${rest.map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join('')}</ul>
</header>`;
}

function metaLine({ run, plan, status }: RunResult): string {
  const { load } = plan;
  const rate =
    load.model === 'open'
      ? `${(load.stages?.length ?? 1) > 1 ? `${load.stages?.length} stages, up to ` : ''}${formatCount(load.ratePerSecond ?? 0)}/s${load.arrivals === undefined ? '' : ` ${load.arrivals}`}, open model`
      : `${load.userStages === undefined ? '' : 'up to '}${formatCount(load.users ?? 0)} users, closed model`;
  return [
    `Wirebench · ${run.scenario}`,
    `${run.startedAt.slice(0, 16).replace('T', ' ')} UTC`,
    `${rate}, ${formatDuration(load.durationMs)} after ${load.warmupUntilSteady ? 'up to ' : ''}${formatDuration(load.warmupMs)} warm-up`,
    plan.repeats === 1 ? '1 repeat' : `${plan.repeats} repeats`,
    `seed ${run.seed}`,
    ...(status === 'complete' ? [] : [status]),
  ].join(' · ');
}

/** Linear from zero: a bar's length is its value. What was not reached runs to the end and beyond. */
function bars(what: string, figures: readonly AnswerFigure[], isNamed: boolean): string {
  const most = Math.max(...figures.map(({ us, highUs }) => highUs ?? us ?? 0));
  if (most === 0) return '';
  const rows = figures.map((figure) => {
    const { label, text, unranked } = figure;
    const value = text === '–' ? (unranked ?? '–') : text;
    const mark = unranked === null || text === '–' ? '' : ` <span class="mark">${escapeHtml(unranked)}</span>`;
    return `<tr class="${unranked === null ? 'ranked' : 'unranked'}"><th scope="row">${escapeHtml(label)}</th><td class="bar">${bar(figure, most)}</td><td>${escapeHtml(value)}${mark}</td></tr>`;
  });
  return `<table class="bars"><caption${isNamed ? ' class="hidden"' : ''}>${escapeHtml(what)}</caption><tbody>${rows.join('\n')}</tbody></table>`;
}

function bar({ us, lowUs, highUs, text }: AnswerFigure, most: number): string {
  const share = (value: number) => `${Number(((value / most) * 100).toFixed(2))}%`;
  const unreached = text.startsWith('not reached');
  if (us === null && !unreached) return '';
  const range =
    lowUs !== null && highUs !== null && lowUs !== highUs
      ? `<line class="range" x1="${share(lowUs)}" x2="${share(highUs)}" y1="50%" y2="50%"/>`
      : '';
  const body = unreached
    ? '<rect class="unreached" width="100%" height="100%" rx="2"/>'
    : `<rect class="value" width="${share(us ?? 0)}" height="100%" rx="2"/>`;
  return `<svg width="100%" height="12" aria-hidden="true">${body}${range}</svg>`;
}
