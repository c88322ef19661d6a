/** A load that several players make together, threads or agents: what they tell of it, put together. */
import type { LoadProgress } from './load-loop-options.ts';
import type { HandedOver, SecondReport } from './worker-messages.ts';

export interface LoadPlayer {
  /** How many operations of its were acknowledged, once all of them have ended. */
  readonly idle: PromiseWithResolvers<number>;
  progress: LoadProgress;
}

export const noProgress: LoadProgress = { offered: 0, notOk: 0, inFlight: 0, p50Us: null, p99Us: null };

/** The part of a LoadSource that is the same wherever its players are. */
export abstract class JointLoad {
  protected abstract readonly players: readonly LoadPlayer[];
  readonly #onSecond: ((report: SecondReport) => void)[] = [];
  readonly #onHandedOver: ((report: HandedOver) => void)[] = [];

  onSecond(listener: (report: SecondReport) => void): void {
    this.#onSecond.push(listener);
  }

  onHandedOver(listener: (report: HandedOver) => void): void {
    this.#onHandedOver.push(listener);
  }

  async whenIdle(): Promise<number> {
    const acknowledged = await Promise.all(this.players.map(({ idle }) => idle.promise));
    return acknowledged.reduce((sum, count) => sum + count, 0);
  }

  progress(): LoadProgress {
    const all = this.players.map(({ progress }) => progress);
    const sum = (of: (progress: LoadProgress) => number) => all.reduce((total, progress) => total + of(progress), 0);
    const busiest = all.reduce((most, progress) => (progress.offered > most.offered ? progress : most), noProgress);
    return {
      offered: sum(({ offered }) => offered),
      notOk: sum(({ notOk }) => notOk),
      inFlight: sum(({ inFlight }) => inFlight),
      p50Us: busiest.p50Us,
      p99Us: busiest.p99Us,
    };
  }

  /** To the listeners of its kind. */
  protected passOn(report: SecondReport | HandedOver): void {
    if (report.type === 'second') for (const listener of this.#onSecond) listener(report);
    else for (const listener of this.#onHandedOver) listener(report);
  }
}
