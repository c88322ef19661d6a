/** What gateways come to, in sentences: what they add, and whom they asked. */
import { balanceOf } from '../../result/instance-balance.ts';
import { addedText, type GatewayOverhead, gatewayOverheads } from '../figures/gateway-overhead.ts';
import type { ConditionGroup } from '../figures/result-view.ts';

/** `Gateways beside direct, p50 of getOrder (steady): nginx +410 µs (…); not told: envoy.` Empty without gateways. */
export function gatewaySentences(group: ConditionGroup): string[] {
  const all = gatewayOverheads(group);
  return [overheadSentence(all), oneInstanceSentence(all)].flatMap((sentence) => sentence ?? []);
}

function overheadSentence(all: readonly GatewayOverhead[]): string | null {
  const known = all.filter(({ addedToMiddle }) => addedToMiddle !== null);
  const [first] = known;
  if (first === undefined) return null;
  const texts = known.flatMap(({ behind, addedToMiddle }) =>
    addedToMiddle?.isTold === true ? [`${behind.label} ${addedText(addedToMiddle)}`] : [],
  );
  const untold = known.filter(({ addedToMiddle }) => addedToMiddle?.isTold === false).map(({ behind }) => behind.label);
  const directs = new Set(known.flatMap(({ direct }) => direct?.label ?? []));
  const said = [...texts, ...(untold.length === 0 ? [] : [`not told: ${untold.join(', ')}`])].join('; ');
  return `Gateways beside ${[...directs].join(', ')}, p50 of ${first.operation} (${first.phase}), repeat by repeat: ${said}.`;
}

/** Where others were there to be asked, too. */
function oneInstanceSentence(all: readonly GatewayOverhead[]): string | null {
  const alone = all.filter(({ behind: { counted } }) => {
    return counted.length > 0 && counted.every(({ receivedBy }) => isOnlyOne(receivedBy));
  });
  if (alone.length === 0) return null;
  return `One instance of several was sent everything: ${alone.map(({ behind }) => behind.label).join(', ')}.`;
}

function isOnlyOne(receivedBy: Readonly<Record<string, number>> | undefined): boolean {
  return receivedBy !== undefined && balanceOf(receivedBy) === Object.keys(receivedBy).length;
}
