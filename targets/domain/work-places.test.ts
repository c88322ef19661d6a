import { describe, expect, it } from 'vitest';
import { WorkPlaces } from './work-places.ts';

describe('WorkPlaces', () => {
  it('lets so many work at once, the rest in the order of their coming, and says when the line is full', () => {
    const places = new WorkPlaces(2, 3);
    const begun: number[] = [];
    for (const number of [1, 2, 3, 4, 5]) {
      expect(places.isFull).toBe(false);
      places.enter(() => begun.push(number));
    }
    expect(begun).toEqual([1, 2]);
    expect(places.isFull).toBe(true);
    places.leave();
    expect(begun).toEqual([1, 2, 3]);
    expect(places.isFull).toBe(false);
    for (let work = 0; work < 4; work++) places.leave();
    expect(begun).toEqual([1, 2, 3, 4, 5]);
    places.enter(() => begun.push(6));
    places.enter(() => begun.push(7));
    places.enter(() => begun.push(8));
    expect(begun.slice(5)).toEqual([6, 7]);
  });

  it('keeps the order of a line that is long and long in use', () => {
    const places = new WorkPlaces(1, 10_000);
    const begun: number[] = [];
    for (let number = 0; number < 10_000; number++) {
      places.enter(() => begun.push(number));
      if (number % 3 === 0) places.leave();
    }
    while (places.waiting > 0) places.leave();
    expect(begun).toEqual(Array.from({ length: 10_000 }, (_, number) => number));
  });

  it('works off a long line of what takes no time', () => {
    const places = new WorkPlaces(1, 100_000);
    let done = 0;
    places.enter(() => undefined);
    for (let number = 0; number < 100_000; number++) {
      places.enter(() => {
        done++;
        places.leave();
      });
    }
    places.leave();
    expect(done).toBe(100_000);
    expect(places.isFull).toBe(false);
  });
});
