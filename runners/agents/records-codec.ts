/**
 * What load workers hand over, as bytes: by the same serialisation that takes it from thread to thread, so that nothing of
 * it changes on the way, and deflated, to about a third of it: most counts and times are small beside the room of a number.
 */
import { deserialize, serialize } from 'node:v8';
import { deflateSync, inflateSync } from 'node:zlib';
import { BenchError, exitCodes } from '../../result/bench-error.ts';

/** The quickest. */
const level = 1;

export function packRecords(value: unknown): Buffer {
  return deflateSync(serialize(value), { level });
}

/** Throws a BenchError (exit 5) for bytes that are none. */
export function readRecords<Value>(bytes: Uint8Array): Value {
  try {
    return deserialize(inflateSync(bytes)) as Value;
  } catch (cause) {
    throw damaged(messageOf(cause), cause);
  }
}

/** A chunk of an operation log. */
export function packBytes(bytes: Uint8Array): Buffer {
  return deflateSync(bytes, { level });
}

/** In memory of its own: a log reads its columns from where a chunk begins. */
export function readBytes(bytes: Uint8Array): Uint8Array {
  try {
    return new Uint8Array(inflateSync(bytes));
  } catch (cause) {
    throw damaged(messageOf(cause), cause);
  }
}

export function damaged(how: string, cause?: unknown): BenchError {
  return new BenchError('recordsDamaged', `Records came damaged: ${how}`, { exitCode: exitCodes.invalid, cause });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
