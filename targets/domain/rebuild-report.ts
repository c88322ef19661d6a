/** What a service says of how it has folded its state anew from its log. Times are monotonic µs. */
export interface RebuildReport {
  /** Its process began. */
  readonly startedUs: number;
  /** It began to read. */
  readonly readFromUs: number;
  /** Its state was what the log came to when it started; null: it never was. */
  readonly readyUs: number | null;
  /** It had what was appended meanwhile as well; null: it never had. */
  readonly caughtUpUs: number | null;
  /** Events that it read until it was ready. */
  readonly read: number;
  /** Events that its state is made of, as it was ready: those of a snapshot as well. */
  readonly events: number;
  /** Events of the snapshot that it began with; null: there was none. */
  readonly snapshotOf: number | null;
  /** Of its state as it was ready; null: it never was. */
  readonly digest: string | null;
  /** Attempts that it refused since it did not know its state: reads, and changes that depend on it. */
  readonly refusedReads: number;
  readonly refusedChanges: number;
  /** Why it is not what the log came to; null: it is. */
  readonly failure: string | null;
}
