/** A time that was estimated, against the limit that is asked for. */
import type { Verdict } from '../result-types.ts';
import type { Judgement } from '../schema/decision-schema.ts';
import { judgement } from './judgement.ts';
import type { Requirement } from './requirements.ts';
import { repeatsNeeded, type TimeEstimate } from './time-estimate.ts';

export type TimeRequirement = Extract<Requirement, { kind: 'latency' | 'stale' }>;

/** `estimate.us` is known and was reached. */
export function judgeEstimate(
  requirement: TimeRequirement,
  estimate: TimeEstimate,
  place: Judgement['place'],
): Judgement {
  const { limitUs } = requirement;
  const [answer, reason] = answerOf(estimate, limitUs);
  const needed = answer === 'cannotTell' ? repeatsNeeded(estimate, limitUs) : null;
  return judgement(requirement, answer, reason, { place, ...figuresOf(estimate), needed });
}

/** A poor resolution is in the interval; what else makes a trial suspect is not. */
export function isSure({ status, reasons }: Verdict): boolean {
  return (
    status === 'valid' ||
    (status === 'suspect' && reasons.length > 0 && reasons.every(({ code }) => code === 'resolution'))
  );
}

export function figuresOf({ us, lowUs, highUs, values }: TimeEstimate) {
  const finite = (value: number | null) => (value !== null && Number.isFinite(value) ? value : null);
  return {
    ...{ valueUs: finite(us), lowUs: finite(lowUs), highUs: finite(highUs) },
    repeats: values.filter((value) => value !== null).length,
  };
}

function answerOf(
  { us, lowUs, highUs, errorUs }: TimeEstimate,
  limitUs: number,
): readonly [Judgement['answer'], Judgement['reason']] {
  if (lowUs === null || highUs === null) return ['cannotTell', 'noInterval'];
  if (highUs <= limitUs) return ['meets', null];
  if (lowUs > limitUs) return ['misses', null];
  if (highUs === Number.POSITIVE_INFINITY) return ['cannotTell', 'notReachedInSome'];
  const isFine = us !== null && Math.abs(us - limitUs) <= errorUs;
  return ['cannotTell', isFine ? 'withinInstrumentError' : 'withinInterval'];
}
