/** What a scalar of a scenario stands for where YAML alone would say it otherwise. */
import type { Scalar } from 'yaml';
import type { Path } from './problem.ts';

/** Fields of a gRPC message: `targets.<name>.requests.<operation>.message…`. */
export function isOfMessage(path: Path): boolean {
  return path.length > 5 && path[0] === 'targets' && path[2] === 'requests' && /^messages?$/.test(String(path[4]));
}

/** An integer beyond 2^53 as text, which proto3 JSON takes for a 64-bit field: as a number it would be another one. */
export function exactInteger(node: Scalar, value: number): unknown {
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  const { source = '' } = node;
  const isWhole = /^[-+]?\d+$/.test(source) || /^0[xo][\da-f]+$/i.test(source);
  if (!isWhole) return value;
  const exact = BigInt(source.replace(/^\+/, ''));
  node.value = exact; // or what is written of the document anew would be rounded
  return exact.toString();
}

/** `connections: ${N}` means a number where N is one, as if it stood there; never more than a single value. */
export function plainValue(text: string): unknown {
  if (/^-?(0|[1-9]\d*)(\.\d+)?$/.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  return text;
}
