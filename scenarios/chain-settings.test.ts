import { expect, it } from 'vitest';
import { chainedServices, chainLinks } from './chain-settings.ts';

it('calls one after the other in a row, and all at once from a single entry', () => {
  expect(chainLinks({ depth: 1, fanOut: 1 })).toEqual([{ name: 'service', calls: [] }]);
  expect(chainLinks({ depth: 3, fanOut: 1 })).toEqual([
    { name: 'service', calls: ['hop-2'] },
    { name: 'hop-2', calls: ['hop-3'] },
    { name: 'hop-3', calls: [] },
  ]);
  expect(chainLinks({ depth: 2, fanOut: 3 })[0]).toEqual({ name: 'service', calls: ['hop-2', 'hop-3', 'hop-4'] });
});

it('calls each service of a tree exactly once, level by level', () => {
  const links = chainLinks({ depth: 3, fanOut: 3 });
  expect(links).toHaveLength(chainedServices({ depth: 3, fanOut: 3 }));
  expect(links).toHaveLength(13);
  const called = links.flatMap(({ calls }) => calls);
  expect(called).toEqual(links.slice(1).map(({ name }) => name));
});
