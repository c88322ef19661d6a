/** So many lines of an operation log, column by column in one stretch of bytes: as it is kept, sent and written. */
export const chunkOperations = 8_192;
const bytesAnOperation = 22;
export const chunkBytes = chunkOperations * bytesAnOperation;

export class LogChunk {
  readonly bytes: Uint8Array;
  /** Monotonic µs. */
  readonly intendedUs: Float64Array;
  /** µs after the intended start of the first attempt's first byte; NaN: never sent. */
  readonly sentAfterUs: Float32Array;
  /** µs after the intended start; NaN: never acknowledged. */
  readonly acknowledgedAfterUs: Float32Array;
  readonly key: Uint32Array;
  readonly operation: Uint8Array;
  readonly payload: Uint8Array;

  constructor(bytes: Uint8Array = new Uint8Array(chunkBytes)) {
    const { buffer, byteOffset } = bytes;
    const column = (bytesBefore: number) =>
      [buffer, byteOffset + bytesBefore * chunkOperations, chunkOperations] as const;
    this.bytes = bytes;
    this.intendedUs = new Float64Array(...column(0));
    this.sentAfterUs = new Float32Array(...column(8));
    this.acknowledgedAfterUs = new Float32Array(...column(12));
    this.key = new Uint32Array(...column(16));
    this.operation = new Uint8Array(...column(20));
    this.payload = new Uint8Array(...column(21));
  }

  /** A line of an operation that was neither sent nor acknowledged yet. */
  set(index: number, intendedUs: number, operation: number, key: number, payload: number): void {
    this.intendedUs[index] = intendedUs;
    this.sentAfterUs[index] = Number.NaN;
    this.acknowledgedAfterUs[index] = Number.NaN;
    this.key[index] = key;
    this.operation[index] = operation;
    this.payload[index] = payload;
  }
}
