/** How the partitions of a consumer group fared while members came and went. From the evidence. Pure. */
import type { GroupResult } from '../../result/result-types.ts';
import { type EvidenceRecord, evidenceKinds } from '../../targets/domain/evidence.ts';
import { LoggedOperations } from './logged-operations.ts';
import type { OperationLogData } from './operation-log.ts';
import { longestStandStillUs, type Span } from './stand-still.ts';

interface PartitionCourse {
  readonly sent: number[];
  readonly applied: number[];
  /** Processes that worked on it, in turn. */
  readonly owners: number[];
}

/**
 * `offsetUs`: monotonic µs → µs from the start of the plan, as the span is. null: no record says of which partition it is.
 * An operation that nobody has received is of the partition that others of its key are of.
 */
export function groupAccount(
  logs: readonly OperationLogData[],
  evidence: Iterable<EvidenceRecord>,
  offsetUs: (atUs: number) => number,
  span: Span,
): GroupResult | null {
  const courses = new Map<number, PartitionCourse>();
  const courseOf = (partition: number) => {
    const known = courses.get(partition) ?? { sent: [], applied: [], owners: [] };
    courses.set(partition, known);
    return known;
  };
  const byProducer = new Map(
    logs.map((data) => {
      const log = new LoggedOperations(data);
      return [log.producer, { log, isApplied: new Uint8Array(log.length) }] as const;
    }),
  );
  const byKey = new Map<number, number>();
  for (const { kind, producer, sequence, atUs, part, step: place } of evidence) {
    const one = byProducer.get(producer);
    if (place === 0 || kind !== evidenceKinds.applied || one === undefined || sequence >= one.log.length) continue;
    const course = courseOf(place - 1);
    byKey.set(one.log.key(sequence), place - 1);
    if (course.owners.at(-1) !== part) course.owners.push(part);
    if (one.isApplied[sequence] === 1) continue;
    one.isApplied[sequence] = 1;
    course.applied.push(offsetUs(atUs));
  }
  if (courses.size === 0) return null;
  let waiting = 0;
  for (const { log, isApplied } of byProducer.values()) {
    for (let sequence = 0; sequence < log.length; sequence++) {
      const partition = byKey.get(log.key(sequence));
      if (partition === undefined || Number.isNaN(log.acknowledgedAfterUs(sequence))) continue;
      courseOf(partition).sent.push(offsetUs(log.intendedUs(sequence)));
      if (isApplied[sequence] !== 1) waiting++;
    }
  }
  const silences = [...courses.values()].map(({ sent, applied }) => longestStandStillUs(sent, applied, span));
  return {
    partitions: courses.size,
    longestSilenceUs: Math.round(Math.max(...silences)),
    shortestSilenceUs: Math.round(Math.min(...silences)),
    moves: [...courses.values()].reduce((sum, { owners }) => sum + owners.length - 1, 0),
    waiting,
  };
}
