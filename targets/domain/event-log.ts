/** What happened to orders and accounts, as it stands in a log; and what a log must be able to do, whatever broker keeps it. */

interface OrderChange {
  /** Id of the order or payment. */
  readonly id: string;
  /** Of the request that led to it. */
  readonly request: string;
}

/** Each says what changed and nothing else: what an order is now is for the fold to say. */
export type OrderEvent =
  | (OrderChange & { readonly type: 'placed'; readonly key: string; readonly payload: string })
  | (OrderChange & { readonly type: 'updated'; readonly payload: string })
  | (OrderChange & { readonly type: 'cancelled' })
  | (OrderChange & { readonly type: 'paid'; readonly account: string; readonly cents: number });

/** Nothing that happened: by its own mark a service knows how far the log went when it wrote it. */
export interface LogMark {
  readonly type: 'mark';
  readonly id: string;
}

export type LogRecord = OrderEvent | LogMark;

/** What compaction and partitioning go by: all events of an order, or of an account, have the same. */
export function logKeyOf(record: LogRecord): string {
  return record.type === 'paid' ? record.account : record.id;
}

export function encodeRecord(record: LogRecord): Buffer {
  return Buffer.from(JSON.stringify(record));
}

/** Throws on what is none: only we write to the log. */
export function decodeRecord(body: Buffer): LogRecord {
  return JSON.parse(body.toString()) as LogRecord;
}

/** Offsets count records from 0, one by one. One writer at a time. */
export interface EventLog {
  /** Makes it unless it is there. */
  open(): Promise<void>;
  /** Resolves when the broker has all of them, in this order; when it rejects, it may have any of the first of them. */
  append(records: readonly LogRecord[]): Promise<void>;
  /**
   * Hands over each record from offset `from` on, until `take` returns true. Rejects when the connection is lost, with what
   * `take` throws, or with LogBroken.
   */
  read(from: number, take: (offset: number, body: Buffer) => boolean): Promise<void>;
  /** Some records may be gone, on purpose. */
  readonly isCompacted: boolean;
  /** With the log: nobody needs it any more. Does not wait for ever. */
  remove(): Promise<void>;
}

/** The log is not what it has to be: what it comes to is not known. */
export class LogBroken extends Error {}

/** `where`: what there is of it, after "its log"; `next`: offset of what the reader lacks. */
export function eventsGone(where: string, next: number): LogBroken {
  return new LogBroken(
    `its log ${where}, and offset ${next} is what comes next: events are gone, so nothing is folded`,
  );
}
