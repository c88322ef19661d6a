/** Whether a subscriber had the publications of a key in the order in which their publisher had them taken over. */

export interface OrderedPublication {
  readonly key: number;
  /** Monotonic µs; NaN: it was not. */
  readonly sentUs: number;
  readonly acknowledgedUs: number;
}

/** Of one key, by the time they were sent. */
export interface KeyGroup {
  readonly members: readonly number[];
  /** Of each member the first one whose send began only after this one was acknowledged; the length: there is none. */
  readonly firstLater: readonly number[];
}

/**
 * How many a subscriber had after a later one. Those under way together may come either way round. `timeOf`: when it had the
 * publication with this index; below 0: never.
 */
export function lateDeliveries(groups: readonly KeyGroup[], timeOf: (index: number) => number): number {
  return groups.reduce((sum, group) => sum + lateInGroup(group, timeOf), 0);
}

function lateInGroup({ members, firstLater }: KeyGroup, timeOf: (index: number) => number): number {
  /** Of each member: the earliest time of it and all behind it. */
  const earliest = new Float64Array(members.length + 1).fill(Number.POSITIVE_INFINITY);
  const times = members.map(timeOf);
  for (let n = members.length - 1; n >= 0; n--) {
    const time = times[n] as number;
    earliest[n] = Math.min(earliest[n + 1] as number, time < 0 ? Number.POSITIVE_INFINITY : time);
  }
  return times.filter((time, n) => time >= 0 && (earliest[firstLater[n] as number] as number) < time).length;
}

/** The same for all subscribers. */
export function keyGroupsOf(publications: readonly OrderedPublication[]): KeyGroup[] {
  const byName = new Map<number, number[]>();
  publications.forEach(({ key, sentUs }, index) => {
    if (Number.isNaN(sentUs)) return;
    const members = byName.get(key);
    if (members === undefined) byName.set(key, [index]);
    else members.push(index);
  });
  return [...byName.values()].filter(({ length }) => length > 1).map((members) => grouped(publications, members));
}

function grouped(publications: readonly OrderedPublication[], unsorted: readonly number[]): KeyGroup {
  const sentUs = (index: number) => publications[index]?.sentUs ?? 0;
  const members = unsorted.toSorted((a, b) => sentUs(a) - sentUs(b));
  const firstLater = members.map((index) => {
    const acknowledgedUs = publications[index]?.acknowledgedUs ?? Number.NaN;
    if (Number.isNaN(acknowledgedUs)) return members.length;
    let [low, high] = [0, members.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sentUs(members[middle] as number) > acknowledgedUs) high = middle;
      else low = middle + 1;
    }
    return low;
  });
  return { members, firstLater };
}
