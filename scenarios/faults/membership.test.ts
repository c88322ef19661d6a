import { expect, it } from 'vitest';
import { join } from './join.ts';
import { leave } from './leave.ts';

it.each([leave, join])('$name is of an instance that is named', (fault) => {
  const window = { fault: fault.name, at: '1s', for: '2s' };
  expect(fault.schema.safeParse(window).success).toBe(false);
  expect(fault.settings({ part: 'service-2' })).toEqual({ part: 'service-2' });
  expect(fault.check?.({ part: 'broker' })).toHaveLength(1);
});
