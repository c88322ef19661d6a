/**
 * State that is what a log of events comes to. A change is appended before anybody is told; reads come from memory. A service
 * that starts folds the log anew while it serves: until it is ready, what depends on the state is refused, and what makes
 * something new is appended. Then it holds appends back for as long as it takes to fold those too.
 *
 * Marks of its own tell it how far the log went at a moment, whatever broker keeps it.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { historyEvent } from './event-history.ts';
import { decodeRecord, type EventLog, eventsGone, LogBroken, type OrderEvent } from './event-log.ts';
import { writeHeld } from './held-file.ts';
import { LogView, StillFolding } from './log-view.ts';
import { OrderFold } from './order-fold.ts';
import { type Access, type OrderState, type OrderStore, StoreFailure, type StoreOptions } from './order-store.ts';
import type { OrderReply, OrderRequest } from './orders.ts';
import type { RebuildReport } from './rebuild-report.ts';
import { populationIds } from './service-options.ts';
import { readSnapshot, writeSnapshot } from './snapshot-file.ts';

const mostAtOnce = 1_000;
const againAfterMs = 50;
const stillFolding = 'its state is still being folded from its log';

export interface LogStoreOptions extends StoreOptions {
  /** null: no snapshots. */
  readonly snapshotEvery: number | null;
  /** Events that a log begins with. */
  readonly history: number;
  /** Requests are known again by their id. */
  readonly remembers: boolean;
  /** Its process began, monotonic µs. */
  readonly startedUs: number;
  /** These leave for the log now, in this order. */
  readonly logged: (events: readonly OrderEvent[]) => void;
  /** Once, of a log that was there before. */
  readonly rebuilt: (report: RebuildReport) => void;
}

interface Waiting {
  readonly requestId: string;
  readonly work: (state: OrderState) => void;
  readonly done: (failure: StoreFailure | null) => void;
}

/** What leaves for the log together. */
interface Batch {
  readonly events: readonly OrderEvent[];
  /** Each with how many of the events are its. */
  readonly waiting: readonly { readonly one: Waiting; readonly events: number }[];
}

export class LogStore implements OrderStore {
  readonly #log: EventLog;
  readonly #options: LogStoreOptions;
  readonly #opened = Promise.withResolvers<void>();
  #fold: OrderFold;
  /** Offset of the next record to fold. */
  #next = 0;
  /** `ready`: as of its start; what was appended meanwhile is on its way. */
  #phase: 'folding' | 'ready' | 'live' = 'folding';
  #isClosed = false;
  #waiting: Waiting[] = [];
  #isScheduled = false;
  #leaving: Promise<void> | null = null;
  /** The broker did not say whether it has it. */
  #doubtful: Batch | null = null;
  /** By request id, since `doubtful` may have left. */
  readonly #found = new Map<string, number>();
  readonly #snapshotPath: string;
  #snapshotAt = 0;
  #isWriting = false;
  #report: RebuildReport;
  #failures = { requests: 0, why: '' };

  /** Resolves when the log is there and known to be a new one, folded then, or an old one. Rejects where it cannot be read. */
  static async open(log: EventLog, options: LogStoreOptions): Promise<LogStore> {
    await log.open();
    const store = new LogStore(log, options);
    void store.#rebuild();
    await store.#opened.promise;
    return store;
  }

  private constructor(log: EventLog, options: LogStoreOptions) {
    this.#log = log;
    this.#options = options;
    this.#snapshotPath = `${options.statePath}.snapshot`;
    const snapshot = readSnapshot(this.#snapshotPath);
    const { population, remembers, startedUs } = options;
    this.#fold =
      snapshot === null
        ? new OrderFold(populationIds(population), remembers)
        : OrderFold.from(snapshot.state, remembers);
    this.#next = snapshot?.next ?? 0;
    this.#snapshotAt = this.#fold.events;
    this.#report = {
      ...{ startedUs, readFromUs: monotonicNowUs(), readyUs: null, caughtUpUs: null },
      ...{ read: 0, events: 0, snapshotOf: snapshot?.state.events ?? null, digest: null },
      ...{ refusedReads: 0, refusedChanges: 0, failure: null },
    };
  }

  get failures(): OrderStore['failures'] {
    return this.#failures;
  }

  get chargedCents(): number | null {
    return this.#phase === 'live' ? this.#fold.chargedCents : null;
  }

  run<Result>(
    { kind, requestId }: Access,
    work: (state: OrderState) => Result,
    done: (result: Result | StoreFailure) => void,
  ): void {
    if (this.#isClosed) return; // nobody is told any more
    if (kind !== 'effect') {
      const result = this.#read(kind, work);
      done(result);
      return;
    }
    let result: Result;
    this.#waiting.push({
      requestId,
      work: (state) => {
        result = work(state);
      },
      done: (failure) => done(failure ?? result),
    });
    this.#schedule();
  }

  #read<Result>(kind: Access['kind'], work: (state: OrderState) => Result): Result | StoreFailure {
    if (kind === 'read' && this.#phase === 'folding') {
      this.#report = { ...this.#report, refusedReads: this.#report.refusedReads + 1 };
      return new StoreFailure(stillFolding);
    }
    return work(new LogView(this.#fold));
  }

  /** What comes in one turn, and while others are on their way, leaves together. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#leave();
    });
  }

  #leave(): void {
    if (this.#leaving !== null || this.#phase === 'ready' || this.#isClosed || this.#waiting.length === 0) return;
    const batch = this.#batchOf(this.#waiting.splice(0, mostAtOnce));
    if (batch.events.length === 0) {
      this.#tell(batch);
      if (this.#waiting.length > 0) this.#schedule();
      return;
    }
    this.#options.logged(batch.events);
    this.#leaving = this.#log.append(batch.events).then(
      () => this.#kept(batch),
      () => this.#doubt(batch),
    );
  }

  #batchOf(taken: readonly Waiting[]): Batch {
    const view = new LogView(this.#phase === 'live' ? this.#fold : null);
    const waiting: { one: Waiting; events: number }[] = [];
    for (const one of taken) {
      const before = view.events.length;
      try {
        view.requestId = one.requestId;
        one.work(view);
        const events = view.events.length - before;
        if (events > 0) this.#options.beforeCommit(one.requestId);
        waiting.push({ one, events });
      } catch (error) {
        if (!(error instanceof StillFolding)) throw error;
        this.#report = { ...this.#report, refusedChanges: this.#report.refusedChanges + 1 };
        one.done(new StoreFailure(stillFolding));
      }
    }
    return { events: view.events, waiting };
  }

  #tell({ waiting }: Batch): void {
    for (const { one } of waiting) one.done(null);
  }

  #kept(batch: Batch): void {
    this.#leaving = null;
    if (this.#phase === 'live') {
      for (const event of batch.events) this.#fold.apply(event);
      this.#next += batch.events.length;
    }
    this.#tell(batch);
    this.#keepSnapshot();
    this.#schedule();
  }

  /** Whether the broker has it the log itself says. */
  #doubt(batch: Batch): void {
    this.#leaving = null;
    this.#doubtful = batch;
    if (this.#phase !== 'live') return; // it is being read anyway
    this.#phase = 'ready';
    void this.#readOn().catch((error) => this.#breakOff(error));
  }

  /** Folds to the end of what was appended so far. */
  async #readOn(): Promise<void> {
    const mark = randomUUID();
    await this.#mark(mark);
    await this.#foldUntil((id) => id === mark);
    this.#settleDoubtful();
    this.#phase = 'live';
    this.#schedule();
  }

  async #rebuild(): Promise<void> {
    try {
      const [start, end] = [randomUUID(), randomUUID()];
      await this.#mark(start);
      if (this.#report.snapshotOf !== null) this.#opened.resolve();
      this.#report = { ...this.#report, readFromUs: monotonicNowUs() };
      let isNew = this.#report.snapshotOf === null;
      await this.#foldUntil((id) => {
        if (id === end) return true;
        if (id !== start) {
          isNew &&= this.#phase !== 'folding';
          if (!isNew) this.#opened.resolve();
          return false;
        }
        this.#becomeReady();
        void this.#endWith(end, isNew ? this.#options.history : 0);
        return false;
      });
      this.#settleDoubtful();
      this.#phase = 'live';
      this.#report = { ...this.#report, caughtUpUs: monotonicNowUs() };
      if (!isNew) this.#options.rebuilt(this.#report);
      this.#opened.resolve();
      this.#keepSnapshot();
      this.#schedule();
    } catch (error) {
      this.#breakOff(error);
    }
  }

  #becomeReady(): void {
    this.#phase = 'ready';
    const { events, digest } = this.#fold;
    this.#report = { ...this.#report, readyUs: monotonicNowUs(), events, digest };
  }

  /** Of what is on its way nothing comes behind the mark. */
  async #endWith(mark: string, history: number): Promise<void> {
    await this.#leaving;
    for (let from = 0; from < history; from += mostAtOnce) {
      const count = Math.min(mostAtOnce, history - from);
      await this.#log.append(Array.from({ length: count }, (_, n) => historyEvent(from + n)));
    }
    await this.#mark(mark);
  }

  /** As often as it takes. */
  async #mark(id: string): Promise<void> {
    for (;;) {
      try {
        await this.#log.append([{ type: 'mark', id }]);
        return;
      } catch (error) {
        if (this.#isClosed) throw error;
        await sleep(againAfterMs);
      }
    }
  }

  /** `isLast`: of each record, by the id of its mark; '': it is an event. */
  async #foldUntil(isLast: (mark: string) => boolean): Promise<void> {
    for (;;) {
      try {
        await this.#log.read(this.#next, (offset, body) => isLast(this.#take(offset, body)));
        return;
      } catch (error) {
        if (this.#isClosed || error instanceof LogBroken) throw error;
        await sleep(againAfterMs);
      }
    }
  }

  #take(offset: number, body: Buffer): string {
    if (offset !== this.#next && !this.#log.isCompacted)
      throw eventsGone(`${this.#next === 0 ? 'begins' : 'goes on'} at offset ${offset}`, this.#next);
    this.#next = offset + 1;
    const record = decodeRecord(body);
    if (record.type === 'mark') return record.id;
    this.#fold.apply(record);
    if (this.#phase === 'folding') this.#report = { ...this.#report, read: this.#report.read + 1 };
    else this.#found.set(record.request, (this.#found.get(record.request) ?? 0) + 1);
    return '';
  }

  #settleDoubtful(): void {
    const batch = this.#doubtful;
    this.#doubtful = null;
    for (const { one, events } of batch?.waiting ?? []) {
      const found = this.#found.get(one.requestId) ?? 0;
      if (found >= events) {
        this.#found.set(one.requestId, found - events);
        one.done(null);
      } else this.#fail(one, 'its log did not take it');
    }
    this.#found.clear();
  }

  #fail({ done }: Waiting, why: string): void {
    this.#failures = { requests: this.#failures.requests + 1, why: this.#failures.why || why };
    done(new StoreFailure(why));
  }

  /** Its state is not known any more, and it says so to everybody who asks. */
  #breakOff(error: unknown): void {
    if (this.#isClosed) return;
    const failure = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${failure}\n`);
    this.#phase = 'folding';
    this.#opened.reject(error);
    this.#options.rebuilt({ ...this.#report, failure });
  }

  #keepSnapshot(): void {
    const { snapshotEvery } = this.#options;
    if (snapshotEvery === null || this.#isWriting || this.#phase !== 'live') return;
    if (this.#fold.events - this.#snapshotAt < snapshotEvery) return;
    this.#snapshotAt = this.#fold.events;
    this.#isWriting = true;
    void writeSnapshot(this.#snapshotPath, { next: this.#next, state: this.#fold.snapshot() })
      .catch((error) => process.stderr.write(`no snapshot was written: ${String(error)}\n`))
      .finally(() => {
        this.#isWriting = false;
      });
  }

  /** What was handed over and not done goes with the process: its broker gives it out again. */
  accepted(): OrderRequest[] {
    return [];
  }

  recall(requestId: string): OrderReply | null {
    return this.#phase === 'folding' ? null : this.#fold.replyOf(requestId);
  }

  async end(): Promise<void> {
    await this.#leaving;
    this.#isClosed = true;
    await this.#log.remove();
  }

  close(): void {
    if (this.#phase === 'live') writeHeld(this.#options.statePath, this.#fold.held);
  }
}
