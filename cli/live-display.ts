/** What is going on, on stderr: a block that redraws itself on a terminal, plain lines elsewhere. */

import { provisionalText } from '../reports/terminal/provisional-text.ts';
import { cleanLine, wrap } from '../reports/terminal/terminal-text.ts';
import { formatCount, formatDuration, formatRate, formatUs } from '../reports/text/format-values.ts';
import { cleanTexts } from '../result/printable.ts';
import type { RunEvent } from '../runners/run-events.ts';
import { PlanProgress } from './plan-progress.ts';
import { TerminalBlock } from './terminal-block.ts';
import { useColour } from './write-reports.ts';

export interface LiveDisplay {
  event(event: RunEvent): void;
  /** Leaves the terminal as it was; may be called twice. What comes after it is a plain line. */
  close(): void;
}

export interface LiveDisplayOptions {
  readonly stream: NodeJS.WriteStream;
  /** Default: a terminal without NO_COLOR. */
  readonly colour?: boolean;
  /** Default: as the stream says, and the terminal can move its cursor. */
  readonly isTty?: boolean;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

type Of<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

export function createLiveDisplay(options: LiveDisplayOptions): LiveDisplay {
  const { stream, now = () => performance.now() } = options;
  const isTty = options.isTty ?? (stream.isTTY === true && process.env.TERM !== 'dumb');
  return isTty ? new TerminalDisplay(stream, options.colour ?? useColour(stream), now) : new PlainDisplay(stream, now);
}

function timeText(us: number | null): string {
  return us === null ? '–' : formatUs(us);
}

function figures({ ratePerSecond, p50Us, p99Us, errors, inFlight }: Of<'progress'>): string {
  return [
    formatRate(ratePerSecond),
    `p50 ${timeText(p50Us)}`,
    `p99 ${timeText(p99Us)}`,
    `errors ${formatCount(errors)}`,
    `in flight ${formatCount(inFlight)}`,
  ].join(' · ');
}

function faultText(faults: readonly string[]): string {
  return faults.length === 0 ? '' : ` · fault in force: ${cleanLine(faults.join(', '))}`;
}

function finishedText({ id, verdict, summary }: Of<'trialFinished'>): string {
  const { p50Us, p99Us, goodputPerSecond, notOk } = summary;
  const failed = notOk === 0 ? '' : `, ${formatCount(notOk)} not ok`;
  return `${cleanLine(id)}: p50 ${timeText(p50Us)}, p99 ${timeText(p99Us)}, ${formatRate(goodputPerSecond)} ok${failed}, ${verdict}`;
}

/** A message may have several lines, of programs that are not ours. */
function messageLines(text: string): string[] {
  return text.split('\n').map(cleanLine);
}

const plainProgressMs = 5_000;

const plainWidth = 100;

function provisionalLines({ result, repeat, repeats }: Of<'repeatFinished'>, width: number): string[] {
  return wrap(cleanLine(provisionalText(cleanTexts(result), repeat, repeats)), width);
}

class PlainDisplay implements LiveDisplay {
  readonly #stream: NodeJS.WriteStream;
  readonly #now: () => number;
  readonly #plan: PlanProgress;
  #progressAtMs = 0;

  constructor(stream: NodeJS.WriteStream, now: () => number) {
    this.#stream = stream;
    this.#now = now;
    this.#plan = new PlanProgress(now);
  }

  event(event: RunEvent): void {
    this.#plan.follow(event);
    for (const line of this.#linesFor(event)) this.#stream.write(`${line}\n`);
  }

  #linesFor(event: RunEvent): string[] {
    switch (event.type) {
      case 'message':
        return messageLines(event.text);
      case 'warning':
        return messageLines(`warning: ${event.text}`);
      case 'planned':
        return [`${event.trials} ${event.trials === 1 ? 'trial' : 'trials'}, about ${formatDuration(event.totalMs)}`];
      case 'trialStarted':
        this.#progressAtMs = this.#now();
        return [`[${this.#plan.counter}] ${cleanLine(event.id)}`];
      case 'phase':
        return [`  ${event.phase}`];
      case 'progress': {
        if (this.#now() - this.#progressAtMs < plainProgressMs) return [];
        this.#progressAtMs = this.#now();
        return [
          `  ${formatDuration(event.elapsedMs)}: ${figures(event)}${faultText(event.faults)} · ${formatDuration(this.#plan.leftMs)} left`,
        ];
      }
      case 'trialFinished':
        return [`  ${finishedText(event)}`];
      case 'repeatFinished':
        return provisionalLines(event, plainWidth);
      case 'finished':
        return [`run ${event.status}`];
    }
  }

  close(): void {}
}

const barWidth = 24;
const colours = { valid: 32, suspect: 33, invalid: 31 } as const;
const marks = { valid: '●', suspect: '▲', invalid: '✕' } as const;

class TerminalDisplay implements LiveDisplay {
  readonly #block: TerminalBlock;
  readonly #colour: boolean;
  readonly #plan: PlanProgress;
  readonly #stream: NodeJS.WriteStream;
  #trial: Of<'trialStarted'> | null = null;
  #phase = '';
  #progress: Of<'progress'> | null = null;

  constructor(stream: NodeJS.WriteStream, colour: boolean, now: () => number) {
    this.#colour = colour;
    this.#stream = stream;
    this.#plan = new PlanProgress(now);
    this.#block = new TerminalBlock(stream, now, () => this.#lines());
  }

  event(event: RunEvent): void {
    this.#plan.follow(event);
    switch (event.type) {
      case 'message':
        this.#block.above(messageLines(event.text));
        break;
      case 'warning':
        this.#block.above(messageLines(`warning: ${event.text}`).map((line) => this.#paint(33, line)));
        break;
      case 'trialStarted':
        this.#trial = event;
        this.#phase = 'set-up';
        this.#progress = null;
        break;
      case 'phase':
        this.#phase = event.phase;
        break;
      case 'progress':
        this.#progress = event;
        break;
      case 'trialFinished':
        this.#trial = null;
        this.#block.above([`${this.#paint(colours[event.verdict], marks[event.verdict])} ${finishedText(event)}`]);
        break;
      case 'repeatFinished':
        this.#block.above(provisionalLines(event, this.#stream.columns || 80));
        break;
      case 'planned':
      case 'finished':
        break;
    }
    this.#block.changed();
  }

  #paint(code: number, text: string): string {
    return this.#colour ? `\u001b[${code}m${text}\u001b[0m` : text;
  }

  /** Plain text: the block cuts it to the width of the terminal. */
  #lines(): string[] {
    if (this.#trial === null) return [];
    const { id, plannedMs } = this.#trial;
    const filled = Math.round(this.#plan.share * barWidth);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
    const percent = `${Math.floor(this.#plan.share * 100)} %`.padStart(5);
    const head = `${bar} ${percent} · ${formatDuration(this.#plan.leftMs)} left · trial ${this.#plan.counter}`;
    const elapsed =
      this.#progress === null
        ? ''
        : ` · ${formatDuration(this.#progress.elapsedMs)} of ${formatDuration(this.#progress.plannedMs)}`;
    const trial = `${cleanLine(id)} · ${this.#phase}${elapsed === '' ? ` · about ${formatDuration(plannedMs)}` : elapsed}`;
    return this.#progress === null
      ? [head, trial]
      : [head, `${trial}${faultText(this.#progress.faults)}`, figures(this.#progress)];
  }

  close(): void {
    this.#trial = null;
    this.#block.close();
  }
}
