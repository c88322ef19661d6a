/** A scenario as the trials of one target play it: with its own audience, at the rate that makes the deliveries it asks for. */
import { audienceOf } from '../../scenarios/audience.ts';
import type { Load } from '../../scenarios/load.ts';
import type { Scenario, Target } from '../../scenarios/scenario.ts';

export function listenedScenario(scenario: Scenario, target: Target): Scenario {
  const { subscribers, load } = scenario;
  if (subscribers === undefined) return scenario;
  const { count, owed } = audienceOf(subscribers.count, target);
  const isScaled = subscribers.rate === 'deliveries' && owed > 1;
  return { ...scenario, subscribers: { ...subscribers, count }, load: isScaled ? dividedBy(owed, load) : load };
}

/** Publications of which each is `owed` deliveries. A closed load is refused beforehand. */
function dividedBy(owed: number, load: Load): Load {
  if (load.model !== 'open') return load;
  const stages = load.stages.map(({ forMs, fromPerSecond, toPerSecond }) => {
    return { forMs, fromPerSecond: fromPerSecond / owed, toPerSecond: toPerSecond / owed };
  });
  return { ...load, ratePerSecond: load.ratePerSecond / owed, stages };
}
