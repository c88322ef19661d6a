import type { DownFault } from '../../scenarios/faults/down.ts';
import type { LinkFaultKind } from './fault-kind.ts';
import { probeLink } from './link-probe.ts';

/** The link is gone: open connections are cut, new ones refused at once (a black hole is another fault). */
export const down: LinkFaultKind<DownFault> = {
  async apply(_window, { toxiproxy, link }) {
    await toxiproxy.setEnabled(link.proxy, false);
  },
  async undo(_window, { toxiproxy, link }) {
    await toxiproxy.setEnabled(link.proxy, true);
    return undefined;
  },
  async prove(_window, { facts, link }) {
    const { outcome } = await probeLink(facts.probe, link.address, 1_000);
    return outcome === 'refused' || outcome === 'closed' ? { probe: outcome } : null;
  },
  expected: (_window, facts) => `connections are cut and refused; ${facts.attempts} fail until the link is back`,
  label: () => 'down',
  settings: () => ({}),
};
