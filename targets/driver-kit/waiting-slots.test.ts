import { expect, it } from 'vitest';
import { WaitingSlots } from './waiting-slots.ts';

function drain(waiting: WaitingSlots): number[] {
  return Array.from({ length: waiting.length }, () => waiting.shift());
}

it('serves first who came first', () => {
  const waiting = new WaitingSlots(4);
  for (const slot of [2, 0, 3]) waiting.push(slot);
  expect(drain(waiting)).toEqual([2, 0, 3]);
  expect(waiting.shift()).toBe(-1);
});

it.each([
  [0, [1, 2, 3]],
  [1, [0, 2, 3]],
  [3, [0, 1, 2]],
])('lets slot %i leave from wherever it stands', (leaving, others) => {
  const waiting = new WaitingSlots(4);
  for (const slot of [0, 1, 2, 3]) waiting.push(slot);
  expect(waiting.remove(leaving)).toBe(true);
  expect(waiting.remove(leaving)).toBe(false);
  expect(waiting.has(leaving)).toBe(false);
  expect(drain(waiting)).toEqual(others);
});

it('puts one that comes again behind the others', () => {
  const waiting = new WaitingSlots(4);
  for (const slot of [0, 1]) waiting.push(slot);
  waiting.remove(0);
  waiting.push(0);
  expect(drain(waiting)).toEqual([1, 0]);
});

it('agrees with an array whatever happens', () => {
  const waiting = new WaitingSlots(16);
  const plain: number[] = [];
  let state = 5;
  for (let n = 0; n < 5_000; n++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const slot = (state >>> 8) % 16;
    if ((state >>> 16) % 3 === 0) expect(waiting.shift()).toBe(plain.shift() ?? -1);
    else if (plain.includes(slot)) {
      plain.splice(plain.indexOf(slot), 1);
      waiting.remove(slot);
    } else {
      plain.push(slot);
      waiting.push(slot);
    }
    expect(waiting.length).toBe(plain.length);
  }
  expect(drain(waiting)).toEqual(plain);
});
