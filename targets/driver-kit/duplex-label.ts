import type { Target } from '../../scenarios/scenario.ts';

/** What else than answers comes on the connections of the load. */
export function duplexLabel({ push }: Target): { readonly events?: string } {
  return push?.duplex ? { events: 'also on the connections of the load, among the answers' } : {};
}
