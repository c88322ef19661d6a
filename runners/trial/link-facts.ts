/** What is spoken on a link of a trial, and how connections over it are secured: what a fault on it is proven by. */
import { factsOnLink } from '../../scenarios/places.ts';
import type { ProtocolFacts } from '../../scenarios/protocols/protocol-facts.ts';
import { factsOf } from '../../scenarios/protocols/registry.ts';
import type { LinkName } from '../../scenarios/scenario.ts';
import { isSecured } from '../../scenarios/secured.ts';
import { fallbackPart } from '../../scenarios/target-services.ts';
import { probeOf } from '../faults/link-probe.ts';
import type { PreparedTrial } from './prepare-trial.ts';

export function factsOnLinkOf({ target, fallback }: PreparedTrial, link: LinkName): ProtocolFacts {
  if (link === fallbackPart && fallback !== undefined) return factsOf(fallback.target);
  const facts = factsOnLink(target, link);
  return isSecured(target) ? { ...facts, probe: probeOf(target) } : facts;
}
