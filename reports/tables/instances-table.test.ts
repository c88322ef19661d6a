import { expect, it } from 'vitest';
import { conditionGroups } from '../figures/result-view.ts';
import { fixtureResult } from '../fixtures/fixture-result.ts';
import { instancesTable } from './instances-table.ts';

it('says who received what, over all repeats, and what each process took of the CPU', () => {
  const result = fixtureResult();
  const [group] = conditionGroups(result);
  if (group === undefined) throw new Error('no group');
  expect(instancesTable(group)).toBeNull();
  const contenders = group.contenders.slice(0, 2).map((contender, n) => ({
    ...contender,
    counted: contender.counted.map((trial) => ({
      ...trial,
      ...(n === 0 && { receivedBy: { service: 100, 'service-2': 300 } }),
      cpu: { ...trial.cpu, ...(n === 0 && { parts: { service: 100.4, 'service-2': 250, gateway: 80 } }) },
    })),
  }));
  expect(instancesTable({ ...group, contenders })?.rows.map(({ cells }) => cells)).toEqual([
    [group.contenders[0]?.label, 'service 25 %, service-2 75 %', 'service 100, service-2 250, gateway 80'],
  ]);
});
