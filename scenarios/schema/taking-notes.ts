/** What a run takes of others' messages, a sentence for each target that consumes. */
import { definitionOf } from '../protocols/definitions.ts';
import type { Scenario } from '../scenario.ts';

export function takingNotes({ targets }: Scenario): string[] {
  return Object.values(targets).flatMap((target) => {
    const taken = target.address === undefined ? null : definitionOf(target).takes?.(target);
    return taken == null ? [] : [`${target.name}: ${taken}.`];
  });
}
