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

export function checkSpread({ operationNames, patternOf, report }: TargetCheck, target: Spread): void {
  const { topics = 1, consumers = 1, producers: publishing = 1 } = target;
  const answered = operationNames.find((name) => !isHandedOver(patternOf(name)));
  if (topics > 1 && answered !== undefined) {
    const message = `are for operations that are handed over; ${answered} is answered`;
    report({ path: ['topics'], message, suggestion: `pattern: one-way of ${answered}`, atKey: true });
  }
  for (const [key, each] of [
    ['consumers', consumers],
    ['producers', publishing],
  ] as const) {
    if (topics * each <= most) continue;
    report({ path: [key], message: `${topics} topics with ${each} each are more than ${most} clients`, atKey: true });
  }
}

/** Of clients of one session each a sender would have no place for answers. */
export function checkProducers({ operationNames, patternOf, report }: TargetCheck, target: Spread): void {
  const answered = operationNames.find((name) => !isHandedOver(patternOf(name)));
  if ((target.producers ?? 1) === 1 || answered === undefined) return;
  const message = `are for operations that are handed over; ${answered} is answered`;
  report({ path: ['producers'], message, atKey: true });
}
