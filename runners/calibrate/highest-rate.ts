/** A bounded search on a ladder of rates: up while nothing but the resolution is in doubt, or down until it is so. */
import type { HighestRate, RateProbe } from '../../result/calibration-result.ts';

export interface RateSearch {
  /** Rising. */
  readonly ladder: readonly number[];
  readonly firstRate: number;
  /** A probe that was made already costs no time. */
  readonly known: (ratePerSecond: number) => RateProbe | undefined;
  readonly probe: (ratePerSecond: number) => Promise<RateProbe>;
  /** Asked before each new probe. */
  readonly isTimeOver: () => boolean;
}

export async function searchHighestRate({
  ladder,
  firstRate,
  known,
  probe,
  isTimeOver,
}: RateSearch): Promise<Omit<HighestRate, 'protocol'>> {
  const probes: RateProbe[] = [];
  let step = 0;
  let best: number | null = null;
  for (let at = ladder.indexOf(firstRate); at >= 0 && at < ladder.length; at += step) {
    const rate = ladder[at] as number;
    const before = known(rate);
    if (before === undefined && isTimeOver()) return { ratePerSecond: best, ended: 'timeOver', probes };
    const probed = before ?? (await probe(rate));
    probes.push(probed);
    // A service without delay is faster than what any machine tells apart: that is no limit of the rate.
    const isValid = probed.verdict.reasons.every(({ code }) => code === 'resolution');
    if (isValid) best = probed.ratePerSecond;
    if (step === 0) step = isValid ? 1 : -1;
    else if (isValid !== step > 0) return { ratePerSecond: best, ended: 'notValid', probes };
  }
  return { ratePerSecond: best, ended: step > 0 ? 'ladderEnd' : 'notValid', probes };
}
