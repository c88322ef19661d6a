/** HPACK's Huffman code, RFC 7541 §5.2: decoding only, as our own header values are sent as they are. */
import { huffmanCodeLengths } from './hpack-tables.ts';
import { Http2Error } from './http2-frames.ts';

const endOfString = 256;
/** A tree in one array: node n has its children at 2n and 2n + 1; a value ≥ 0 is the next node, below it is ~symbol. */
const tree = buildTree();

function buildTree(): Int16Array {
  const bySize = huffmanCodeLengths.map((length, symbol) => ({ length, symbol }));
  bySize.sort((a, b) => a.length - b.length || a.symbol - b.symbol);
  const nodes = new Int16Array(huffmanCodeLengths.length * 2);
  let nodeCount = 1;
  let code = 0;
  let lastLength = 0;
  for (const { length, symbol } of bySize) {
    code <<= length - lastLength;
    lastLength = length;
    let node = 0;
    for (let bit = length - 1; bit > 0; bit--) {
      const child = node * 2 + ((code >>> bit) & 1);
      if (nodes[child] === 0) nodes[child] = nodeCount++;
      node = nodes[child] as number;
    }
    nodes[node * 2 + (code & 1)] = ~symbol;
    code++;
  }
  return nodes;
}

/** Octets as Latin-1 text. Throws an Http2Error when the padding is no padding. */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let node = 0;
  let bitsInto = 0;
  let onesOnly = true;
  for (let at = start; at < end; at++) {
    const octet = bytes[at] as number;
    for (let bit = 7; bit >= 0; bit--) {
      const one = (octet >>> bit) & 1;
      bitsInto++;
      onesOnly &&= one === 1;
      const next = tree[node * 2 + one] as number;
      if (next >= 0) {
        node = next;
        continue;
      }
      if (~next === endOfString) throw new Http2Error('end of string within a string');
      text += String.fromCharCode(~next);
      node = 0;
      bitsInto = 0;
      onesOnly = true;
    }
  }
  // What is left must be the beginning of the end-of-string symbol, all ones, and less than an octet.
  if (bitsInto > 7 || !onesOnly) throw new Http2Error('malformed Huffman padding');
  return text;
}
