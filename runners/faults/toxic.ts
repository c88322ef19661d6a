/** What all faults that are a toxic of Toxiproxy have in common: set for one direction or both, listed, removed. */
import type { SettingValue } from '../../result/result-types.ts';
import type { Direction } from '../../scenarios/faults/on-link.ts';
import type { DirectedFault } from '../../scenarios/faults/registry.ts';
import type { ProtocolFacts } from '../../scenarios/protocols/protocol-facts.ts';
import type { ToxicSpec, ToxiproxyClient } from '../../targets/stack/toxiproxy-client.ts';
import type { FaultProof, LinkFaultContext, LinkFaultKind } from './fault-kind.ts';

export interface Toxic<Window extends DirectedFault> {
  readonly type: ToxicSpec['type'];
  attributes(window: Window): Readonly<Record<string, number>>;
  /** Looks for the effect on a connection of its own; null: it should show and does not. */
  show(window: Window, context: LinkFaultContext): Promise<FaultProof | null>;
  expected(window: Window, facts: ProtocolFacts): string;
  label(window: Window): string;
  settings(window: Window): Readonly<Record<string, SettingValue>>;
}

const streams = { up: ['upstream'], down: ['downstream'], both: ['upstream', 'downstream'] } as const satisfies Record<
  Direction,
  readonly ToxicSpec['stream'][]
>;

export function toxicFault<Window extends DirectedFault>(toxic: Toxic<Window>): LinkFaultKind<Window> {
  const specs = (window: Window, id: string) =>
    streams[window.direction].map(
      (stream): ToxicSpec => ({
        name: `${id}-${stream}`,
        type: toxic.type,
        stream,
        attributes: toxic.attributes(window),
      }),
    );
  return {
    async apply(window, { toxiproxy, link, id }) {
      for (const spec of specs(window, id)) await toxiproxy.addToxic(link.proxy, spec);
    },
    async resize(window, { toxiproxy, link, id }) {
      for (const spec of specs(window, id)) await toxiproxy.updateToxic(link.proxy, spec);
    },
    async undo(window, { toxiproxy, link, id }) {
      for (const { name } of specs(window, id)) await removeFor(toxiproxy, link.proxy, name);
      return undefined;
    },
    async prove(window, context) {
      const listed = await context.toxiproxy.listToxics(context.link.proxy);
      const wanted = specs(window, context.id);
      if (!wanted.every(({ name }) => listed.includes(name))) return null;
      const shown = await toxic.show(window, context);
      return shown === null ? null : { toxics: wanted.length, ...shown };
    },
    expected: toxic.expected,
    label: toxic.label,
    settings: (window) => ({ ...toxic.settings(window), direction: window.direction }),
  };
}

/** Under traffic Toxiproxy may answer late, or never, though it has done what it was asked. */
async function removeFor(toxiproxy: ToxiproxyClient, proxy: string, name: string): Promise<void> {
  try {
    await toxiproxy.removeToxic(proxy, name);
  } catch (error) {
    if ((await toxiproxy.listToxics(proxy)).includes(name)) throw error;
  }
}
