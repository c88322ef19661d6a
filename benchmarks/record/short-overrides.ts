/** A shipped scenario in small: as short as it stays valid. */
import { loadScenario } from '../../scenarios/schema/load-scenario.ts';
import { overridesFrom } from '../../scenarios/schema/overrides.ts';

const warmup = 'load.warmup=500ms';
const precision = 'load.search.precision=25%';

/**
 * The first that is valid is taken. Faults and stages at fixed times need the whole load, and are played whole: cut to a part,
 * they would be another scenario. A search for the highest rate is made coarser.
 */
const candidates: readonly { readonly duration?: string; readonly set: readonly string[] }[] = [
  { duration: '2s', set: [warmup, precision] },
  { set: [warmup, precision] },
  { set: [precision] },
  { duration: '2s', set: [warmup] },
  { duration: '3s', set: [] },
  { set: [warmup] },
];

/** As `bench run` takes them. */
export function shortArguments(path: string): string[] {
  const found = candidates.find(
    ({ duration, set }) => loadScenario(path, { overrides: overridesFrom({ duration, set, repeats: '1' }) }).ok,
  );
  const { duration, set = [] } = found ?? {};
  return [
    ...(duration === undefined ? [] : ['--duration', duration]),
    ...set.flatMap((one) => ['--set', one]),
    ...['--repeats', '1'],
  ];
}
