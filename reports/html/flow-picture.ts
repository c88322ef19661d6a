/** A flow as a picture: its parts, who asks or tells whom, what each step took and cost, and after which flows are stuck. */
import { flowSteps, placedWord } from '../../result/flow-steps.ts';
import type { FlowShape, FlowStage, FlowsResult } from '../../result/result-types.ts';
import type { Contender } from '../figures/result-view.ts';
import { flowSum } from '../tables/flow-tables.ts';
import { formatBytes, formatCount, formatPercentile, formatShare, formatUs } from '../text/format-values.ts';
import { escapeHtml } from './html-table.ts';

const width = 560;
const boxHeight = 88;
const gap = 12;
const entryHeight = 46;
const bandHeight = 26;
/** Between the entry and the steps that it calls, without and with a broker; between steps and the broker below them. */
const callHeight = 52;
const brokeredHeight = 92;
const eventHeight = 44;
/** From the left edge of a box to the call that comes to it. */
const firstArrow = 18;

/** null: its results do not say who asks whom. */
export function flowPicture(contender: Contender): string | null {
  const flows = (contender.counted[0] ?? contender.trials[0])?.flows;
  const shape = flows?.shape;
  if (flows === undefined || shape === undefined) return null;
  const drawing = shape.style === 'orchestrated' ? ledDrawing : toldDrawing;
  const { height, body } = drawing({ contender, flows, shape });
  const label = `${contender.label}: the parts of a flow; the figures are in the tables`;
  return `<figure class="flow">
<figcaption>${caption(contender, flows, shape)}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(label)}">
${body.join('\n')}
</svg>
</figure>`;
}

interface Drawn {
  readonly contender: Contender;
  readonly flows: FlowsResult;
  readonly shape: FlowShape;
}

interface Drawing {
  readonly height: number;
  readonly body: readonly string[];
}

function caption(contender: Contender, { perFlow }: FlowsResult, { style, over, broker }: FlowShape): string {
  const how = style === 'orchestrated' ? `orders leads, over ${over}` : `events over ${over}`;
  const all = formatCount(flowSum(contender, ({ acknowledged }) => acknowledged) ?? 0);
  const costs = [
    costText(perFlow?.cpuUs.total, (us) => `CPU ${formatUs(us)}`),
    costText(perFlow?.bytes.total, (bytes) => `${formatBytes(bytes)} on the links`),
    costText(perFlow?.messages.total, (count) => `${count.toFixed(2)} messages between the parts`),
  ].filter((text) => text !== '');
  const each = costs.length === 0 ? '' : ` A flow: ${costs.join(', ')}.`;
  const needed = broker === null ? '' : ` ${escapeHtml(broker)} is needed by every flow.`;
  return `<b>${escapeHtml(contender.label)}</b>, ${how}: ${all} flows.${each}${needed} Bars: share of the time of a flow that completed.`;
}

function costText(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? '' : format(value);
}

/** The entry above, with a call to each step below it. */
function ledDrawing(drawn: Drawn): Drawing {
  const { flows, shape } = drawn;
  const top = entryHeight + (shape.broker === null ? callHeight : brokeredHeight);
  const boxWidth = (width - 2 * gap) / flowSteps.length;
  const steps = flowSteps.flatMap((step, n) => {
    const x = n * (boxWidth + gap);
    const edge = shape.edges.find(({ to }) => to === step);
    const at = x + firstArrow;
    return [
      arrow(at, entryHeight, top),
      ...(edge === undefined
        ? []
        : edgeTexts(
            at + 8,
            entryHeight + 17,
            edge.what,
            shape.broker === null ? callCost(flows, step) : messages(flows, step),
          )),
      stepBox(drawn, n, x, top, boxWidth),
    ];
  });
  const band = shape.broker === null ? [] : [brokerBand(shape.broker, flows, top - bandHeight - 14)];
  return {
    height: top + boxHeight,
    body: [...band, entryBox(drawn, 0, 0, width, entryHeight), ...steps],
  };
}

/** All in a row, with the broker below: each tells it, and hears of the one before. */
function toldDrawing(drawn: Drawn): Drawing {
  const { flows, shape } = drawn;
  const parts = flowSteps.length + 1;
  const boxWidth = (width - (parts - 1) * gap) / parts;
  const xOf = (place: number) => place * (boxWidth + gap);
  const bandTop = boxHeight + eventHeight;
  const edges = shape.edges.flatMap(({ what }, n) => {
    const from = xOf(n) + boxWidth - 22;
    const to = xOf(n + 1) + 22;
    const step = flowSteps[n];
    return [
      arrow(from, boxHeight, bandTop),
      `<text class="edge" x="${round(from - 6)}" y="${boxHeight + 18}" text-anchor="end">${escapeHtml(what)}</text>`,
      arrow(to, bandTop, boxHeight),
      ...(step === undefined ? [] : [costLine(to + 7, boxHeight + 34, messages(flows, step))]),
    ];
  });
  return {
    height: bandTop + bandHeight,
    body: [
      entryBox(drawn, 0, 0, boxWidth, boxHeight),
      ...flowSteps.map((_, n) => stepBox(drawn, n, xOf(n + 1), 0, boxWidth)),
      ...edges,
      ...(shape.broker === null ? [] : [brokerBand(shape.broker, flows, bandTop)]),
    ],
  };
}

function entryBox({ contender, flows, shape }: Drawn, x: number, y: number, across: number, high: number): string {
  const [name = ''] = shape.edges.map(({ from }) => from);
  const lines = [`${formatCount(flows.acknowledged ?? 0)} flows taken`, cpuText(flows, name)];
  return box(
    { x, y, across, high, name, lines, isOneLine: shape.style === 'orchestrated' },
    stopped(contender, placedWord),
    0,
  );
}

function stepBox({ contender, flows }: Drawn, n: number, x: number, y: number, across: number): string {
  const step = flowSteps[n] as (typeof flowSteps)[number];
  const stage = flows.stages[n];
  const time = stage === undefined || stage.us.count === 0 ? '' : stageText(stage);
  return box(
    { x, y, across, high: boxHeight, name: step, lines: [time, cpuText(flows, step)], isOneLine: false },
    stopped(contender, step),
    stage?.share ?? 0,
  );
}

function stageText({ us }: FlowStage): string {
  return `p50 ${formatPercentile(us, 'p50')}`;
}

function cpuText({ perFlow }: FlowsResult, part: string): string {
  return costText(perFlow?.cpuUs.by[part], (us) => `CPU ${formatUs(us)}`);
}

/** Flows that went no further than this, over all repeats. */
function stopped({ trials }: Contender, place: FlowStage['from']): string[] {
  const sum = (of: (flows: FlowsResult) => number | undefined) =>
    trials.reduce((all, { flows }) => all + ((flows && of(flows)) ?? 0), 0);
  const counts = { stuck: sum(({ stuckAfter }) => stuckAfter[place]), open: sum(({ openAfter }) => openAfter[place]) };
  return Object.entries(counts).flatMap(([word, count]) =>
    count === 0 ? [] : [`${formatCount(count)} ${word} after it`],
  );
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly across: number;
  readonly high: number;
  readonly name: string;
  readonly lines: readonly string[];
  /** Beside the name. */
  readonly isOneLine: boolean;
}

function box({ x, y, across, high, name, lines, isOneLine }: Box, ends: readonly string[], share: number): string {
  const said = lines.filter((line) => line !== '');
  const left = round(x + 10);
  const line = (text: string, n: number, kind = '') =>
    `<text${kind} x="${left}" y="${y + 37 + n * 15}">${escapeHtml(text)}</text>`;
  const texts = isOneLine
    ? [
        line(said.join(' · '), 0),
        ...ends.map(
          (text) => `<text class="bad" x="${round(x + across - 10)}" y="${y + 20}" text-anchor="end">${text}</text>`,
        ),
      ]
    : [...said.map((text, n) => line(text, n)), ...ends.map((text, n) => line(text, said.length + n, ' class="bad"'))];
  const bar =
    share <= 0
      ? ''
      : `<rect class="share" x="${round(x + 1)}" y="${y + high - 5}" width="${round(share * (across - 2))}" height="4"/>`;
  const shareText =
    share <= 0
      ? ''
      : `<text x="${round(x + across - 10)}" y="${y + 20}" text-anchor="end">${formatShare(share, 1)}</text>`;
  return `<g><rect class="part${ends.length > 0 ? ' stopped' : ''}" x="${round(x + 0.5)}" y="${y + 0.5}" width="${round(across - 1)}" height="${high - 1}" rx="4"/>${bar}<text class="name" x="${left}" y="${y + 20}">${escapeHtml(name)}</text>${shareText}${texts.join('')}</g>`;
}

function brokerBand(broker: string, flows: FlowsResult, y: number): string {
  const cpu = cpuText(flows, 'broker');
  const text = [broker, cpu].filter((one) => one !== '').join(' · ');
  return `<g><rect class="broker" x="0.5" y="${y + 0.5}" width="${width - 1}" height="${bandHeight - 1}" rx="4"/><text x="${firstArrow + 10}" y="${y + 17}">${escapeHtml(text)}</text></g>`;
}

function arrow(x: number, from: number, to: number): string {
  const back = to > from ? -5 : 5;
  const at = round(x);
  return `<path class="way" d="M${at} ${from}V${to}M${at - 4} ${to + back}L${at} ${to}L${at + 4} ${to + back}"/>`;
}

function edgeTexts(x: number, y: number, what: string, cost: string): string[] {
  return [`<text class="edge" x="${round(x)}" y="${y}">${escapeHtml(what)}</text>`, costLine(x, y + 15, cost)];
}

function costLine(x: number, y: number, text: string): string {
  return text === '' ? '' : `<text class="cost" x="${round(x)}" y="${y}">${text}</text>`;
}

function callCost(flows: FlowsResult, step: string): string {
  const bytes = costText(flows.perFlow?.bytes.by[`orders-${step}`], formatBytes);
  return [messages(flows, step), bytes].filter((text) => text !== '').join(', ');
}

function messages({ perFlow }: FlowsResult, step: string): string {
  return costText(perFlow?.messages.by[step], (count) => `${count.toFixed(2)} msg`);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
