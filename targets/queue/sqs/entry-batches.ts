/** Entries for batch actions that nobody waits for at once: up to ten leave together, each has an end of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SqsCalls } from './sqs-calls.ts';
import { parsed, refusalIn } from './sqs-queues.ts';
import { mostEntries, type SqsAction, type SqsWire } from './sqs-wire.ts';

const deadlineMs = 5_000;
const againAfterMs = 50;
/** Of an entry by its size: requests have a bound, too. */
const mostBytes = 900 * 1024;

interface Entry {
  /** The inside of a JSON object, without its id. */
  readonly json: string;
  /** `ok`: false, SQS refuses it for good. */
  readonly done: (ok: boolean) => void;
}

export interface EntryBatchesOptions {
  readonly calls: SqsCalls;
  readonly wire: SqsWire;
  readonly action: Extract<SqsAction, `${string}Batch`>;
  readonly queueUrl: string;
  /** Requests under way at once; what comes meanwhile leaves as the next one. */
  readonly atOnce: number;
  /** The first waits so long for others. Left out: for what comes in the same turn of the event loop. */
  readonly lingerMs?: number;
}

export class EntryBatches {
  readonly #options: EntryBatchesOptions;
  #entries: Entry[] = [];
  #underWay = 0;
  #isClosed = false;
  #isScheduled = false;
  /** So far, those that were tried again among them. */
  #requests = 0;

  constructor(options: EntryBatchesOptions) {
    this.#options = options;
  }

  get requests(): number {
    return this.#requests;
  }

  /** It is tried again until SQS has taken it, or refuses it. */
  add(json: string, done: Entry['done'] = () => undefined): void {
    this.#entries.push({ json, done });
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const leave = () => {
      this.#isScheduled = false;
      this.#sendMore();
    };
    if (this.#options.lingerMs === undefined) setImmediate(leave);
    else setTimeout(leave, this.#options.lingerMs);
  }

  #sendMore(): void {
    while (this.#entries.length > 0 && this.#underWay < this.#options.atOnce && !this.#isClosed) void this.#send();
  }

  async #send(): Promise<void> {
    const { calls, wire, action, queueUrl } = this.#options;
    const batch = this.#entries.splice(0, batchLength(this.#entries));
    this.#underWay++;
    this.#requests++;
    const entries = batch.map(({ json }, n) => `{"Id":"${n}",${json}}`).join(',');
    const reply = await calls.request(
      wire.bytes(action, `{"QueueUrl":${JSON.stringify(queueUrl)},"Entries":[${entries}]}`),
      deadlineMs,
    );
    const refusal = refusalIn(reply);
    const ends = refusal === null && reply.status !== null ? entryEnds(reply.body) : new Map<string, EntryEnd>();
    const again: Entry[] = [];
    for (const [n, entry] of batch.entries()) {
      const end = ends.get(String(n));
      if (end?.code === null) entry.done(true);
      else if (end?.retryable ?? refusal?.retryable ?? true) again.push(entry);
      else entry.done(false);
    }
    if (again.length > 0) {
      this.#entries.unshift(...again);
      await sleep(againAfterMs, undefined, { ref: false });
    }
    this.#underWay--;
    this.#sendMore();
  }

  /** Resolves when all has left, within `mostMs`. */
  async flush(mostMs: number): Promise<void> {
    const endMs = performance.now() + mostMs;
    this.#sendMore();
    while ((this.#entries.length > 0 || this.#underWay > 0) && performance.now() < endMs) await sleep(5);
  }

  close(): void {
    this.#isClosed = true;
  }
}

/** How many of the first fit into a request. */
function batchLength(entries: readonly Entry[]): number {
  let bytes = 0;
  for (const [n, { json }] of entries.entries()) {
    bytes += json.length;
    if (n === mostEntries || (n > 0 && bytes > mostBytes)) return n;
  }
  return entries.length;
}

export interface EntryEnd {
  /** null: it is done. */
  readonly code: string | null;
  readonly retryable: boolean;
}

/** By the entry's id: what a batch action says became of it. */
export function entryEnds(body: Buffer): Map<string, EntryEnd> {
  const { Successful = [], Failed = [] } = parsed(body) as {
    readonly Successful?: readonly { readonly Id?: string }[];
    readonly Failed?: readonly { readonly Id?: string; readonly Code?: string; readonly SenderFault?: boolean }[];
  };
  const ends = new Map<string, EntryEnd>();
  for (const { Id = '' } of Successful) ends.set(Id, { code: null, retryable: false });
  for (const { Id = '', Code = 'refused', SenderFault = false } of Failed) {
    ends.set(Id, { code: Code.slice(Code.lastIndexOf('#') + 1), retryable: !SenderFault });
  }
  return ends;
}
