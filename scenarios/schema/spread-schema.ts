/** Many queues or topics, producers and consumers apart: the same words for all targets behind a broker. */
import { isHandedOver } from '../../result/patterns.ts';
import type { TargetCheck } from '../protocols/protocol-definition.ts';
import { wholeNumber } from './fields.ts';

/** `place`: queue or topic. */
export function spreadShape(place: 'queue' | 'topic') {
  return {
    topics: wholeNumber(1, 100)
      .optional()
      .meta({ default: 1 })
      .describe(`How many ${place}s of our service there are; all operations of one key go to the same.`),
    consumers: wholeNumber(1, 100)
      .optional()
      .meta({ default: 1 })
      .describe(`Consumers of each ${place}, each with connections of its own, in every process of our service.`),
  };
}

export const producers = wholeNumber(1, 100)
  .optional()
  .meta({ default: 1 })
  .describe('Clients that publish, each with connections of its own, over all load threads; with topics, for each.');

interface Spread {
  readonly topics?: number | undefined;
  readonly consumers?: number | undefined;
  readonly producers?: number | undefined;
}

/** Connections of one client and of one service. */
const most = 256;

export function checkSpread(check: TargetCheck, target: Spread): void {
  const { report } = check;
  const { topics = 1, consumers = 1, producers: publishing = 1 } = target;
  const answered = answeredIn(check);
  if (topics > 1 && answered !== null) report({ ...answered, path: ['topics'], atKey: true });
  for (const [key, each] of [
    ['consumers', consumers],
    ['producers', publishing],
  ] as const) {
    if (topics * each <= most) continue;
    report({ path: [key], message: `${topics} topics with ${each} each are more than ${most} clients`, atKey: true });
  }
}

/** Of clients of one session each a sender would have no place for answers. */
export function checkProducers(check: TargetCheck, target: Spread): void {
  const answered = answeredIn(check);
  if ((target.producers ?? 1) > 1 && answered !== null)
    check.report({ message: answered.message, path: ['producers'], atKey: true });
}

/** What there is to say where somebody waits for an answer. */
function answeredIn({ operationNames, patternOf }: TargetCheck) {
  const name = operationNames.find((one) => !isHandedOver(patternOf(one)));
  if (name === undefined) return null;
  const message = `are for operations that are handed over; ${name} is answered`;
  return { message, suggestion: `pattern: one-way of ${name}` };
}
