import { describe, expect, it } from 'vitest';
import { inStartOrder, type PartSpec } from './topology.ts';

function parts(calls: Readonly<Record<string, readonly string[]>>): PartSpec[] {
  const rest = { instances: 1, module: '/x', broker: null, options: {} as PartSpec['options'] };
  return Object.entries(calls).map(([name, called]) => ({ name, calls: called, ...rest }));
}

const order = (calls: Readonly<Record<string, readonly string[]>>) =>
  inStartOrder(parts(calls)).map(({ name }) => name);

describe('the order in which parts start', () => {
  it('has what is called before what calls it, each part once', () => {
    expect(order({ gateway: ['orders'], orders: ['payment', 'stock'], payment: ['stock'], stock: [] })).toEqual([
      ...['stock', 'payment', 'orders', 'gateway'],
    ]);
  });

  it('is that of the topology where nobody calls anybody', () => {
    expect(order({ b: [], a: [] })).toEqual(['b', 'a']);
  });

  it.each([
    ['a circle', { a: ['b'], b: ['c'], c: ['a'] }, 'in a circle: a, b, c, a'],
    ['a part that calls itself', { a: ['a'] }, 'in a circle: a, a'],
    ['a part that nobody has', { a: ['x'] }, 'a calls x'],
  ])('does not exist with %s', (_, calls, message) => {
    expect(() => order(calls)).toThrow(message);
  });

  it('does not exist with two parts of one name', () => {
    expect(() => inStartOrder([...parts({ a: [] }), ...parts({ a: [] })])).toThrow('same name');
  });
});
