/** Lines at the bottom of a terminal that redraw themselves in place, under others that scroll away. */

/** At most ten times a second, whatever comes. */
const leastRedrawMs = 100;
const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';

export class TerminalBlock {
  readonly #stream: NodeJS.WriteStream;
  readonly #now: () => number;
  /** Plain text, without colours: it is cut to the width of the terminal. */
  readonly #content: () => readonly string[];
  readonly #restore = () => void this.#stream.write(showCursor);
  readonly #onResize = () => this.#draw();
  #drawn: readonly string[] = [];
  #drawnAtMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(stream: NodeJS.WriteStream, now: () => number, content: () => readonly string[]) {
    this.#stream = stream;
    this.#now = now;
    this.#content = content;
    process.once('exit', this.#restore); // also after a crash
    stream.on('resize', this.#onResize);
    stream.write(hideCursor); // a blinking cursor would jump through the block
  }

  /** Redraws soon. */
  changed(): void {
    if (this.#closed || this.#timer !== null) return;
    const waitMs = leastRedrawMs - (this.#now() - this.#drawnAtMs);
    if (waitMs <= 0) {
      this.#draw();
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#draw();
    }, waitMs);
    this.#timer.unref();
  }

  /** Lines that stay. */
  above(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}\n`).join('');
    if (this.#closed) this.#stream.write(text);
    else this.#write(text, this.#fitting());
  }

  #draw(): void {
    if (!this.#closed) this.#write('', this.#fitting());
  }

  #columns(): number {
    return Math.max(10, this.#stream.columns || 80);
  }

  #fitting(): string[] {
    const most = this.#columns() - 1; // a full last column wraps on some terminals
    return this.#content().map((line) => (line.length > most ? `${line.slice(0, most - 1)}…` : line));
  }

  /** In one write, so that nothing flickers. */
  #write(above: string, lines: readonly string[]): void {
    const block = lines.map((line) => `${line}\n`).join('');
    const text = `${this.#erasure()}${above}${block}`;
    this.#drawn = lines;
    this.#drawnAtMs = this.#now();
    if (text !== '') this.#stream.write(text);
  }

  /** A terminal made narrower has broken the lines that were drawn: they take more rows now. */
  #erasure(): string {
    const columns = this.#columns();
    const rows = this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
    return rows === 0 ? '' : `\u001b[${rows}A\r\u001b[J`;
  }

  close(): void {
    if (this.#closed) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#write('', []);
    this.#closed = true;
    this.#restore();
    process.off('exit', this.#restore);
    this.#stream.off('resize', this.#onResize);
  }
}
