/** What is going on, on stderr: a block that redraws itself on a terminal, plain lines elsewhere. */
import { formatCount, formatDuration, formatUs } from '../reports/format-values.ts';
import type { RunEvent } from '../runners/run-events.ts';
import { useColour } from './write-reports.ts';

export interface LiveDisplay {
  event(event: RunEvent): void;
  /** Leaves the terminal as it was. */
  close(): void;
}

const redrawMs = 200;
const plainProgressMs = 5_000;
const barWidth = 24;

export function createLiveDisplay({ stream }: { readonly stream: NodeJS.WriteStream }): LiveDisplay {
  return stream.isTTY && process.env.TERM !== 'dumb' ? new TerminalDisplay(stream) : new PlainDisplay(stream);
}

type Of<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

/** How far the whole plan is. */
class PlanProgress {
  #trials = 0;
  #totalMs = 0;
  #doneMs = 0;
  #index = 0;
  #current: Of<'trialStarted'> | null = null;
  #elapsedMs = 0;

  follow(event: RunEvent): void {
    if (event.type === 'planned') {
      this.#trials = event.trials;
      this.#totalMs = event.totalMs;
    } else if (event.type === 'trialStarted') {
      this.#current = event;
      this.#index = event.index;
      this.#elapsedMs = 0;
    } else if (event.type === 'progress') this.#elapsedMs = event.elapsedMs;
    else if (event.type === 'trialFinished') {
      this.#doneMs += this.#current?.plannedMs ?? 0;
      this.#elapsedMs = 0;
    }
  }

  get counter(): string {
    return `${this.#index + 1}/${this.#trials}`;
  }

  get share(): number {
    return this.#totalMs === 0 ? 0 : Math.min(1, (this.#doneMs + this.#elapsedMs) / this.#totalMs);
  }

  get left(): string {
    return formatDuration(Math.max(0, this.#totalMs - this.#doneMs - this.#elapsedMs));
  }
}

function figures({ ratePerSecond, p50Us, p99Us, errors, inFlight, faults }: Of<'progress'>): string {
  const us = (value: number | null) => (value === null ? '–' : formatUs(value));
  const fault = faults.length === 0 ? '' : ` · fault in force: ${faults.join(', ')}`;
  return `${formatCount(ratePerSecond)}/s · p50 ${us(p50Us)} · p99 ${us(p99Us)} · errors ${formatCount(errors)} · in flight ${formatCount(inFlight)}${fault}`;
}

function finishedLine({ id, verdict, summary }: Of<'trialFinished'>): string {
  const us = (value: number | null) => (value === null ? '–' : formatUs(value));
  return `${id}: p50 ${us(summary.p50Us)}, p99 ${us(summary.p99Us)}, ${formatCount(summary.goodputPerSecond)}/s ok, ${formatCount(summary.notOk)} not ok, ${verdict}`;
}

class PlainDisplay implements LiveDisplay {
  readonly #stream: NodeJS.WriteStream;
  readonly #plan = new PlanProgress();
  #lastProgressMs = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  event(event: RunEvent): void {
    this.#plan.follow(event);
    const line = this.#lineFor(event);
    if (line !== null) this.#stream.write(`${line}\n`);
  }

  #lineFor(event: RunEvent): string | null {
    switch (event.type) {
      case 'message':
        return event.text;
      case 'warning':
        return `warning: ${event.text}`;
      case 'planned':
        return `${event.trials} trials, about ${formatDuration(event.totalMs)}`;
      case 'trialStarted':
        this.#lastProgressMs = 0;
        return `[${this.#plan.counter}] ${event.id}`;
      case 'phase':
        return `  ${event.phase}`;
      case 'progress': {
        if (event.elapsedMs - this.#lastProgressMs < plainProgressMs) return null;
        this.#lastProgressMs = event.elapsedMs;
        return `  ${formatDuration(event.elapsedMs)}: ${figures(event)} · ${this.#plan.left} left`;
      }
      case 'trialFinished':
        return `  ${finishedLine(event)}`;
      case 'finished':
        return `run ${event.status}`;
    }
  }

  close(): void {}
}

class TerminalDisplay implements LiveDisplay {
  readonly #stream: NodeJS.WriteStream;
  readonly #colour: boolean;
  readonly #plan = new PlanProgress();
  readonly #timer: NodeJS.Timeout;
  readonly #restore = () => void this.#stream.write('\u001b[?25h');
  #drawnLines = 0;
  #trial = '';
  #phase = '';
  #progress: Of<'progress'> | null = null;
  #dirty = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.#colour = useColour(stream);
    this.#timer = setInterval(() => {
      if (this.#dirty) this.#draw();
    }, redrawMs);
    this.#timer.unref();
    process.once('exit', this.#restore);
    stream.write('\u001b[?25l'); // a blinking cursor would jump through the block
  }

  event(event: RunEvent): void {
    this.#plan.follow(event);
    this.#dirty = true;
    if (event.type === 'message') this.#above(event.text);
    else if (event.type === 'warning') this.#above(this.#paint(33, `warning: ${event.text}`));
    else if (event.type === 'trialStarted') {
      this.#trial = event.id;
      this.#phase = 'set-up';
      this.#progress = null;
    } else if (event.type === 'phase') this.#phase = event.phase;
    else if (event.type === 'progress') this.#progress = event;
    else if (event.type === 'trialFinished') {
      const code = event.verdict === 'valid' ? 32 : event.verdict === 'suspect' ? 33 : 31;
      this.#above(`${this.#paint(code, '●')} ${finishedLine(event)}`);
      this.#trial = '';
    }
  }

  #paint(code: number, text: string): string {
    return this.#colour ? `\u001b[${code}m${text}\u001b[0m` : text;
  }

  /** A line that stays, above the block. */
  #above(text: string): void {
    this.#erase();
    this.#stream.write(`${text}\n`);
    this.#draw();
  }

  #erase(): void {
    if (this.#drawnLines > 0) this.#stream.write(`\u001b[${this.#drawnLines}A\r\u001b[J`);
    this.#drawnLines = 0;
  }

  #draw(): void {
    this.#dirty = false;
    const lines = this.#lines();
    this.#erase();
    const width = Math.max(20, (this.#stream.columns ?? 80) - 1);
    const cut = lines.map((line) => (line.length > width ? `${line.slice(0, width - 1)}…` : line));
    if (cut.length > 0) this.#stream.write(`${cut.join('\n')}\n`);
    this.#drawnLines = cut.length;
  }

  #lines(): string[] {
    if (this.#trial === '') return [];
    const filled = Math.round(this.#plan.share * barWidth);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
    const head = `${bar} ${Math.floor(this.#plan.share * 100)} % · ${this.#plan.left} left · [${this.#plan.counter}] ${this.#trial} · ${this.#phase}`;
    return this.#progress === null ? [head] : [head, figures(this.#progress)];
  }

  close(): void {
    clearInterval(this.#timer);
    this.#trial = '';
    this.#erase();
    this.#restore();
    process.off('exit', this.#restore);
  }
}
