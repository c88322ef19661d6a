import type { DownFault } from '../../scenarios/faults/down.ts';
import { protocolFacts } from '../../scenarios/protocols/registry.ts';
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
  async prove(_window, { protocol, link }) {
    const { outcome } = await probeLink(protocol, link.address, 1_000);
    return outcome === 'refused' || outcome === 'closed' ? { probe: outcome } : null;
  },
  expected: (_window, protocol) =>
    `connections are cut and refused; ${protocolFacts[protocol].attempts} fail until the link is back`,
  label: () => 'down',
  settings: () => ({}),
};
