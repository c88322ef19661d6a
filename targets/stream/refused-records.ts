/** Where a record goes that the service refuses and for which nobody waits: as its target says. */
import type { StreamTarget } from '../../scenarios/scenario.ts';
import { type RefusalCode, refusalCodes } from '../domain/evidence.ts';
import { requeueAfterMs } from '../domain/order-message.ts';
import type { ServiceDomain } from '../domain/service-domain.ts';
import type { BlockedPartitions } from './blocked-partitions.ts';
import { movedRecord, retriesOf, type TextMessage } from './moved-record.ts';
import type { OwedRecords } from './owed-records.ts';

export interface RefusedRecord {
  readonly message: TextMessage;
  readonly partition: number;
  /** It is what its partition waits for. Left out: it is not. */
  readonly isBlocking?: boolean;
  /** Call it once, but not for what comes again with another consumer. */
  readonly done: () => void;
}

export interface RefusedRecordsOptions<One extends RefusedRecord> {
  readonly domain: ServiceDomain;
  readonly target: StreamTarget;
  readonly names: Readonly<Record<string, string>>;
  readonly owed: OwedRecords;
  readonly blocked: BlockedPartitions;
  readonly again: (afterMs: number, record: One) => void;
}

export class RefusedRecords<One extends RefusedRecord> {
  readonly #options: RefusedRecordsOptions<One>;

  constructor(options: RefusedRecordsOptions<One>) {
    this.#options = options;
  }

  refuse(record: One, requestId: string): void {
    const { domain, target, names, again } = this.#options;
    const { onRefusal = 'requeue', deadLetter, retries: mostRetries = 0 } = target;
    const refused = (code: RefusalCode) => domain.refused(requestId, code);
    const retries = retriesOf(record.message);
    if (onRefusal === 'drop') {
      refused(refusalCodes.dropped);
      record.done();
    } else if (onRefusal === 'requeue') {
      refused(refusalCodes.requeued);
      // A log has no place to put it back to: it stays in hand, and nothing behind it is committed.
      again(requeueAfterMs, record);
    } else if (onRefusal === 'block') {
      refused(refusalCodes.held);
      again(requeueAfterMs, record.isBlocking === true ? record : this.#blockBy(record));
    } else if (onRefusal === 'retryTopic' && retries < mostRetries) {
      this.#move(record, names.retries ?? '', () => refused(refusalCodes.retried), retries + 1);
    } else {
      const topic = deadLetter?.topic ?? names.deadLetters ?? '';
      this.#move(record, topic, () => refused(refusalCodes.deadLettered));
    }
  }

  /** Done with here once the broker has it there. */
  #move({ message, done }: One, topic: string, moved: () => void, retries?: number): void {
    this.#options.owed.add(movedRecord(message, topic, retries), () => {
      moved();
      done();
    });
  }

  #blockBy(record: One): One {
    const { blocked } = this.#options;
    blocked.block(record.partition);
    const done = () => {
      record.done();
      blocked.free(record.partition);
    };
    return { ...record, isBlocking: true, done };
  }
}
