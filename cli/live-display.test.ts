import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { couplingResult } from '../reports/fixtures/coupling-result.ts';
import type { RunEvent } from '../runners/run-events.ts';
import { createLiveDisplay } from './live-display.ts';

/** A terminal as far as the display uses it: text, line feeds, moves up, erasure to the end, its width. */
class Screen extends EventEmitter {
  columns = 80;
  written: string[] = [];
  rows: string[] = [''];
  cursorHidden = false;

  write(text: string): boolean {
    this.written.push(text);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what a terminal reads
    for (const token of text.match(/\u001b\[[?\d]*[A-Za-z]|[^\u001b]/g) ?? []) this.#take(token);
    return true;
  }

  #take(token: string): void {
    if (token === '\n') this.rows.push('');
    else if (token.endsWith('A') && token.length > 1)
      this.rows.splice(this.rows.length - 1 - Number.parseInt(token.slice(2), 10));
    else if (token === '\u001b[?25l') this.cursorHidden = true;
    else if (token === '\u001b[?25h') this.cursorHidden = false;
    else if (token === '\u001b[J') this.rows[this.rows.length] = '';
    else if (!token.startsWith('\u001b') && token !== '\r') {
      // A full row goes on in the next one.
      if ((this.rows.at(-1) ?? '').length === this.columns) this.rows.push('');
      this.rows[this.rows.length - 1] += token;
    }
  }

  get text(): string[] {
    return this.rows.filter((row) => row !== '');
  }
}

const planned: RunEvent = { type: 'planned', trials: 2, totalMs: 20_000 };
const started = (index: number, id: string): RunEvent => ({
  type: 'trialStarted',
  index,
  id,
  target: 'rest',
  condition: 'calm',
  repeat: 1,
  plannedMs: 10_000,
});
const progress = (elapsedMs: number, faults: readonly string[] = []): RunEvent => ({
  type: 'progress',
  id: 'rest-calm-1',
  elapsedMs,
  plannedMs: 9_000,
  ratePerSecond: 501.4,
  p50Us: 612,
  p99Us: null,
  errors: 3,
  inFlight: 7,
  faults,
});
const finished: RunEvent = {
  type: 'trialFinished',
  index: 0,
  id: 'rest-calm-1',
  verdict: 'suspect',
  summary: { p50Us: 600, p99Us: 2_500, goodputPerSecond: 500, notOk: 3 },
};

let screen: Screen;
const display = (isTty: boolean, colour = false) =>
  createLiveDisplay({ stream: screen as unknown as NodeJS.WriteStream, isTty, colour, now: () => Date.now() });

beforeEach(() => {
  vi.useFakeTimers();
  screen = new Screen();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('on a terminal', () => {
  it('shows the whole plan, the trial, its figures and the fault in force, in place', () => {
    const live = display(true);
    for (const event of [planned, started(0, 'rest-calm-1'), { type: 'phase', id: '', phase: 'steady' } as const]) {
      live.event(event);
    }
    vi.advanceTimersByTime(5_000);
    live.event(progress(4_000, ['latency 40 ms']));
    vi.advanceTimersByTime(200);
    expect(screen.text).toEqual([
      '██████░░░░░░░░░░░░░░░░░░  25 % · 15 s left · trial 1/2',
      'rest-calm-1 · steady · 4.0 s of 9.0 s · fault in force: latency 40 ms',
      '501/s · p50 612 µs · p99 – · errors 3 · in flight 7',
    ]);
    live.close();
    expect(screen.text).toEqual([]);
  });

  it('keeps messages and finished trials above the block', () => {
    const live = display(true);
    live.event(planned);
    live.event(started(0, 'rest-calm-1'));
    live.event({ type: 'message', text: 'one\ntwo' });
    live.event({ type: 'warning', text: 'careful' });
    live.event(finished);
    live.event(started(1, 'grpc-calm-1'));
    vi.advanceTimersByTime(200);
    expect(screen.text.slice(0, 4)).toEqual([
      'one',
      'two',
      'warning: careful',
      '▲ rest-calm-1: p50 600 µs, p99 2.50 ms, 500/s ok, 3 not ok, suspect',
    ]);
    expect(screen.text[4]).toMatch(/50 % · 9\.\d s left · trial 2\/2$/);
    expect(screen.text).toHaveLength(6);
    live.close();
  });

  it('redraws at most ten times a second', () => {
    const live = display(true);
    live.event(planned);
    live.event(started(0, 'rest-calm-1'));
    vi.advanceTimersByTime(1_000);
    const before = screen.written.length;
    for (let n = 0; n < 1_000; n++) {
      live.event(progress(n));
      vi.advanceTimersByTime(1);
    }
    expect(screen.written.length - before).toBeGreaterThan(5);
    expect(screen.written.length - before).toBeLessThanOrEqual(11);
    live.close();
  });

  it('cuts long names, and leaves nothing behind when the terminal gets narrower', () => {
    const live = display(true);
    live.event(planned);
    live.event(started(0, `rest-${'x'.repeat(200)}`));
    live.event(progress(1));
    vi.advanceTimersByTime(200);
    for (const row of screen.text) expect(row.length).toBeLessThan(80);
    // The terminal breaks what it shows into more rows.
    screen.columns = 40;
    screen.rows = screen.rows.flatMap((row) => (row === '' ? [''] : (row.match(/.{1,40}/g) ?? [''])));
    screen.emit('resize');
    expect(screen.text).toHaveLength(3);
    for (const row of screen.text) expect(row.length).toBeLessThan(40);
    live.close();
    expect(screen.text).toEqual([]);
  });

  it('hides the cursor, and gives it back once, with all that it listened to', () => {
    const listeners = process.listenerCount('exit');
    const live = display(true);
    expect(screen.cursorHidden).toBe(true);
    live.close();
    live.close();
    expect(screen.cursorHidden).toBe(false);
    expect(process.listenerCount('exit')).toBe(listeners);
    expect(screen.listenerCount('resize')).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    live.event({ type: 'message', text: 'late' });
    expect(screen.text).toEqual(['late']);
  });

  it('passes no control characters on, and colours only when told', () => {
    const live = display(true);
    live.event(planned);
    live.event({ type: 'message', text: 'a\u001b[31mb\u0007c' });
    live.event({ type: 'warning', text: 'w' });
    expect(screen.text).toEqual(['ab c', 'warning: w']);
    expect(screen.written.join('')).not.toContain('\u001b[3');
    live.close();
    display(true, true).event({ type: 'warning', text: 'w' });
    expect(screen.written.join('')).toContain('\u001b[33mwarning: w\u001b[0m');
  });
});

describe('after a repeat', () => {
  it.each([
    ['on a terminal', true],
    ['elsewhere', false],
  ])('the answer as it stands is told, as provisional (%s)', (_where, isTty) => {
    const screen = new Screen();
    if (!isTty) screen.columns = 200;
    const display = createLiveDisplay({ stream: screen as unknown as NodeJS.WriteStream, isTty, colour: false });
    display.event({
      ...{ type: 'repeatFinished', repeat: 1, repeats: 3 },
      result: couplingResult({ status: 'partial' }, 1),
    });
    display.close();
    const text = screen.text.join(' ').replace(/\s+/g, ' ');
    expect(text).toContain(
      'Provisional, after 1 of 3 repeats: Hand over to queue or stream if the service may be away: in 2 outages',
    );
    expect(text).toContain('One repeat gives no order: it takes 3.');
    expect(Math.max(...screen.text.map((line) => line.length))).toBeLessThanOrEqual(isTty ? 80 : 100);
  });
});

describe('elsewhere', () => {
  it('writes plain lines: each phase, the figures every five seconds, each end', () => {
    screen.columns = 200;
    const live = display(false);
    live.event(planned);
    live.event(started(0, 'rest-calm-1'));
    live.event({ type: 'phase', id: 'rest-calm-1', phase: 'warmup' });
    for (let ms = 0; ms < 9_000; ms += 250) {
      live.event(progress(ms, ms > 3_000 ? ['down'] : []));
      vi.advanceTimersByTime(250);
    }
    live.event(finished);
    live.event({ type: 'finished', status: 'complete' });
    live.close();
    expect(screen.text).toEqual([
      '2 trials, about 20 s',
      '[1/2] rest-calm-1',
      '  warmup',
      '  5.0 s: 501/s · p50 612 µs · p99 – · errors 3 · in flight 7 · fault in force: down · 15 s left',
      '  rest-calm-1: p50 600 µs, p99 2.50 ms, 500/s ok, 3 not ok, suspect',
      'run complete',
    ]);
    expect(screen.written.join('')).not.toContain('\u001b');
  });
});
