/** What our service has written because of what it took: read when a trial is over, as whoever listens there would. */
import { DistinctOperations } from './domain/distinct-operations.ts';
import { parseOperationId } from './domain/operation-id.ts';

export interface OutputSource {
  /** `address`: `host:port` of the broker itself; `names`: of each of the trial's topics. */
  read(address: string, names: readonly Readonly<Record<string, string>>[], until: OutputsRead): Promise<Outputs>;
}

export interface OutputsRead {
  /** Different operations of which there should be a record: when so many are there, it looks no longer for more. */
  readonly expected: number;
  readonly signal: AbortSignal;
}

export interface Outputs {
  readonly committed: OutputCount;
  /** Records that were written, those that never were committed among them. */
  readonly written: number;
  /** False: a transaction was still open when nobody waited any longer, and hid what is behind it. */
  readonly isWhole: boolean;
}

/** Records by the operation that they are of. */
export class OutputCount {
  readonly operations = new DistinctOperations();
  readonly repeated = new DistinctOperations();
  /** Beyond the first of each operation. */
  extra = 0;

  /** Another's records are none of ours. */
  add(operationId: string): void {
    const id = parseOperationId(operationId);
    if (id === null) return;
    if (this.operations.has(id)) {
      this.repeated.add(id);
      this.extra++;
    } else this.operations.add(id);
  }
}
