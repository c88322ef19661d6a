/** Which trials the verdict is judged by: two sets of the same kinds, so that limits chosen on one are held to the other. */
import { type Protocol, protocols } from '../../result/result-types.ts';
import { randomStreams, uniform } from '../../runners/schedule/seeded-random.ts';

export const setNames = ['calibration', 'held-out'] as const;
export type SetName = (typeof setNames)[number];

/** What a service takes for each operation. 0: nothing of its own, which is about 0.2 ms on REST. */
export const services = ['0.2 ms', '1 ms', '5 ms', '20 ms', '100 ms', 'stall'] as const;
export type ServiceName = (typeof services)[number];

export interface VerdictTrial {
  /** Within its set. */
  readonly index: number;
  readonly protocol: Protocol;
  readonly service: ServiceName;
  /** Processes beside it that want a CPU all the time. */
  readonly spinners: number;
}

/** Quiet ones of each service on each protocol: of the held-out set at least 60 have to be called valid. */
const quietTrials = { calibration: 3, 'held-out': 4 } as const satisfies Record<SetName, number>;
const mostSpinners = 4;
const seeds = { calibration: 12, 'held-out': 13 } as const satisfies Record<SetName, number>;

/** In an order drawn by the set's seed, so that no service and no protocol has the machine's good or bad minutes alone. */
export function verdictTrials(set: SetName): readonly VerdictTrial[] {
  const kinds = protocols.flatMap((protocol) => services.map((service) => ({ protocol, service })));
  const all = kinds.flatMap((kind, n) => [
    ...Array.from({ length: quietTrials[set] }, () => ({ ...kind, spinners: 0 })),
    // One crowded trial of each kind; what is beside it goes round.
    { ...kind, spinners: 1 + ((n + seeds[set]) % mostSpinners) },
  ]);
  const drawn = all.map((trial, n) => ({ trial, place: uniform(seeds[set], randomStreams.order, n) }));
  return drawn.sort((a, b) => a.place - b.place).map(({ trial }, index) => ({ index, ...trial }));
}
