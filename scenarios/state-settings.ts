/** State that is a log: what a service of ours appends to, and folds anew when it starts. */

/** `stream`: a stream of RabbitMQ. `full`, `compacted`: a topic of Kafka, which keeps all events, or the last of each key. */
export type LogKind = 'stream' | 'full' | 'compacted';

/** Of all targets that can have it. */
export interface LogState {
  /** Its orders are what the log of its events comes to; absent: they are in its `store`. */
  readonly state?: 'log' | undefined;
  /** Written after so many events, so that only later ones are folded; none, or absent: all are. */
  readonly snapshot?: { readonly every: number } | 'none' | undefined;
  /** Absent: the first that the broker has. */
  readonly log?: LogKind | undefined;
}

/** As in the file, or resolved. */
export function hasLog(target: object): boolean {
  return 'state' in target && target.state === 'log';
}

/** Events between snapshots; null: none are written. */
export function snapshotEvery({ snapshot = 'none' }: LogState): number | null {
  return snapshot === 'none' ? null : snapshot.every;
}
