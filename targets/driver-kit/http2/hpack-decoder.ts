/** Header blocks of a peer, RFC 7541: static and dynamic table, literals, Huffman, table size updates. */
import { staticTable } from './hpack-tables.ts';
import { Http2Error } from './http2-frames.ts';
import { decodeHuffman } from './huffman.ts';

export interface HeaderSink {
  header(name: string, value: string): void;
}

interface Entry {
  readonly name: string;
  readonly value: string;
}

/** Each entry counts this much beside its text. */
const entryOverheadBytes = 32;
/** Nobody sends longer integers; five octets more would leave the 31 bits that are safe to shift. */
const longestIntegerShift = 21;
const staticEntries: readonly Entry[] = staticTable.map(([name, value]) => ({ name, value }));

export class HpackDecoder {
  /** What we announced: the peer may not use more. */
  readonly #tableLimitBytes: number;
  #tableMaxBytes: number;
  #tableBytes = 0;
  /** A ring; an entry takes 32 bytes at least, so it never overflows. */
  readonly #ring: (Entry | undefined)[];
  #newest = 0;
  #entries = 0;
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;
  #end = 0;

  constructor(tableLimitBytes = 4_096) {
    this.#tableLimitBytes = tableLimitBytes;
    this.#tableMaxBytes = tableLimitBytes;
    this.#ring = new Array<Entry | undefined>(2 ** Math.ceil(Math.log2(tableLimitBytes / entryOverheadBytes + 1)));
  }

  /** Throws an Http2Error for a malformed block: the table is then out of step, and the connection with it. */
  decode(bytes: Uint8Array, start: number, end: number, sink: HeaderSink): void {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    let headersSeen = false;
    while (this.#at < end) {
      const first = bytes[this.#at] as number;
      if (first >= 0x80) {
        const { name, value } = this.#entry(this.#integer(0x7f));
        sink.header(name, value);
      } else if (first >= 0x40) {
        const entry = this.#literal(0x3f);
        this.#insert(entry);
        sink.header(entry.name, entry.value);
      } else if (first >= 0x20) {
        if (headersSeen) throw new Http2Error('table size update behind a header');
        this.#resize(this.#integer(0x1f));
        continue;
      } else {
        const { name, value } = this.#literal(0x0f);
        sink.header(name, value);
      }
      headersSeen = true;
    }
  }

  #literal(mask: number): Entry {
    const index = this.#integer(mask);
    const name = index === 0 ? this.#string() : this.#entry(index).name;
    return { name, value: this.#string() };
  }

  #entry(index: number): Entry {
    const fixed = staticEntries[index - 1];
    if (fixed !== undefined) return fixed;
    const age = index - staticEntries.length - 1;
    if (index === 0 || age >= this.#entries) throw new Http2Error(`header index ${index} is not in the table`);
    return this.#ring[(this.#newest - age) & (this.#ring.length - 1)] as Entry;
  }

  #insert(entry: Entry): void {
    const bytes = bytesOf(entry);
    this.#evictDownTo(this.#tableMaxBytes - bytes);
    if (bytes > this.#tableMaxBytes) return; // it empties the table and does not enter, which is no error
    this.#newest = (this.#newest + 1) & (this.#ring.length - 1);
    this.#ring[this.#newest] = entry;
    this.#entries++;
    this.#tableBytes += bytes;
  }

  #evictDownTo(bytes: number): void {
    while (this.#entries > 0 && this.#tableBytes > bytes) {
      const oldest = (this.#newest - --this.#entries) & (this.#ring.length - 1);
      this.#tableBytes -= bytesOf(this.#ring[oldest] as Entry);
      this.#ring[oldest] = undefined;
    }
  }

  #resize(bytes: number): void {
    if (bytes > this.#tableLimitBytes) throw new Http2Error('table size update beyond the limit');
    this.#tableMaxBytes = bytes;
    this.#evictDownTo(bytes);
  }

  #integer(mask: number): number {
    let value = this.#octet() & mask;
    if (value < mask) return value;
    for (let shift = 0; ; shift += 7) {
      if (shift > longestIntegerShift) throw new Http2Error('integer too long');
      const octet = this.#octet();
      value += (octet & 0x7f) << shift;
      if (octet < 0x80) return value;
    }
  }

  #string(): string {
    const isHuffman = this.#at < this.#end && (this.#bytes[this.#at] as number) >= 0x80;
    const length = this.#integer(0x7f);
    const from = this.#at;
    const to = from + length;
    if (to > this.#end) throw new Http2Error('header string beyond its block');
    this.#at = to;
    if (isHuffman) return decodeHuffman(this.#bytes, from, to);
    let text = '';
    for (let at = from; at < to; at++) text += String.fromCharCode(this.#bytes[at] as number);
    return text;
  }

  #octet(): number {
    if (this.#at >= this.#end) throw new Http2Error('truncated header block');
    return this.#bytes[this.#at++] as number;
  }
}

function bytesOf({ name, value }: Entry): number {
  return name.length + value.length + entryOverheadBytes;
}
