/** What each gateway adds to the latency and takes of the CPU, how evenly it asks, and how often again. */
import { amplificationOf } from '../../result/amplification.ts';
import { gatewayAmplificationOf } from '../../result/gateway-amplification.ts';
import { balanceOf } from '../../result/instance-balance.ts';
import { addedText, type GatewayOverhead, gatewayName, gatewayOverheads } from '../figures/gateway-overhead.ts';
import { type ConditionGroup, totalCounts, totalPolicies } from '../figures/result-view.ts';
import { formatFactor, formatRatio } from '../text/format-values.ts';
import { figureColumns, nameColumn, type Row, type Table, textColumns } from '../text/table.ts';

/** null: no target has a gateway. */
export function gatewaysTable(group: ConditionGroup): Table | null {
  const all = gatewayOverheads(group);
  const [first] = all;
  if (first === undefined) return null;
  return {
    title: titleOf(all),
    spans: [],
    columns: [
      nameColumn('target'),
      ...textColumns('gateway', 'adds to p50', `adds to ${first.tail}`),
      ...figureColumns('its CPU µs', 'balance', 'client asks', 'gateway asks'),
    ],
    rows: all.map(rowOf),
  };
}

function rowOf({ behind, direct, addedToMiddle, addedToTail }: GatewayOverhead): Row {
  const { label, counted, status } = behind;
  const cpu = middleOf(counted.map((trial) => trial.cpu.parts?.[gatewayName] ?? null));
  const balance = middleOf(counted.map(({ receivedBy }) => balanceOf(receivedBy)));
  const adds = [addedToMiddle, addedToTail].map((added) => {
    if (direct === null) return '–';
    return added === null ? 'not told: too few pairs' : addedText(added);
  });
  return {
    cells: [
      label,
      String(counted[0]?.semantics[gatewayName] ?? ''),
      ...adds,
      cpu === null ? '–' : `${Math.round(cpu)}`,
      balance === null ? '–' : formatRatio(balance),
      formatFactor(amplificationOf(totalCounts(counted), totalPolicies(counted))),
      formatFactor(middleOf(counted.map(gatewayAmplificationOf))),
    ],
    status,
  };
}

function titleOf(all: readonly GatewayOverhead[]): string {
  const [first] = all;
  const directs = new Set(all.flatMap(({ direct }) => direct?.label ?? []));
  const against =
    first === undefined || directs.size === 0
      ? ''
      : ` (${first.operation}, ${first.phase}, beside ${[...directs].join(', ')} by repeat)`;
  return `gateways: what each adds${against}, takes, and asks`;
}

/** Of an even number the higher of the two; null: none is known. */
function middleOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return known[Math.floor(known.length / 2)] ?? null;
}
