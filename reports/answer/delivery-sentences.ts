/** What became of publications, a sentence a finding. */
import type { ConditionGroup, Contender } from '../figures/result-view.ts';
import { deliverySum, hasDeliveries, missedText } from '../tables/delivery-tables.ts';
import { formatCount, formatFactor } from '../text/format-values.ts';

/** Empty where nothing is published. */
export function deliverySentences({ contenders }: ConditionGroup): string[] {
  const shown = contenders.filter(hasDeliveries);
  if (shown.length === 0) return [];
  const missing = shown.filter((one) => (deliverySum(one, ({ missed }) => missed) ?? 0) > 0);
  const whole = shown.filter((one) => deliverySum(one, ({ missed }) => missed) === 0);
  return [
    ...(whole.length > 0
      ? [`Every subscriber had all that it was owed: ${whole.map(({ label }) => label).join(', ')}.`]
      : []),
    ...missing.map(missedSentence),
    ...shown.flatMap((one) => passedOverSentence(one) ?? []),
    ...shown.flatMap((one) => slowSentence(one) ?? []),
  ];
}

function missedSentence(contender: Contender): string {
  const missed = deliverySum(contender, (one) => one.missed) ?? 0;
  const inGaps = deliverySum(contender, (one) => one.missedInGaps) ?? 0;
  const where =
    inGaps === missed
      ? 'all of them published between a subscriber’s last event before it was cut off and its new subscription'
      : `${inGaps === 0 ? 'all' : formatCount(missed - inGaps)} of them while it was subscribed`;
  return `${contender.label}: ${missedText(contender)} deliveries missed, ${where}.`;
}

/** What came and counts for nothing: all missed and all without an id is more likely a wrong `id` than a system that is silent. */
function passedOverSentence(contender: Contender): string | null {
  const unreadable = deliverySum(contender, (one) => one.unreadable) ?? 0;
  const foreign = deliverySum(contender, (one) => one.foreign) ?? 0;
  if (unreadable === 0 && foreign === 0) return null;
  const kinds = [
    ...(unreadable > 0 ? [`${formatCount(unreadable)} held no id where \`events.id\` says`] : []),
    ...(foreign > 0 ? [`${formatCount(foreign)} held ids that are not of this trial`] : []),
  ];
  return `${contender.label}: of the events that came and count for nothing ${kinds.join(', ')}.`;
}

/** Against the same phase of the slow ones there is nothing to compare; against themselves before there is. */
function slowSentence({ label, counted }: Contender): string | null {
  const pairs = counted.flatMap(({ deliveries, phases }) => {
    const during = deliveries?.others?.deliveredUs.p50 ?? null;
    const before = phases.before?.latencyUs.delivered.p50 ?? null;
    return during === null || before === null || before === 0 ? [] : [during / before];
  });
  if (pairs.length === 0) return null;
  const factor = pairs.reduce((sum, one) => sum + one, 0) / pairs.length;
  if (factor < 1.5) return `${label}: the slow ones held up nobody else.`;
  return `${label}: while some read nothing, the p50 of all others was ${formatFactor(factor)} that of before.`;
}
