import { expect, it } from 'vitest';
import { longestStandStillUs } from './stand-still.ts';

const span = { fromUs: 0, untilUs: 1_000 };

it('is the longest time in which some waited and none was done', () => {
  expect(longestStandStillUs([0, 100, 200, 600], [50, 150, 550, 650], span)).toBe(350);
});

it('is none while nobody waits', () => {
  expect(longestStandStillUs([0, 900], [10, 910], span)).toBe(10);
});

it('begins with the first that waits, whatever was done before', () => {
  expect(longestStandStillUs([0, 500], [10, 800], span)).toBe(300);
});

it('lasts to the end for what is never done', () => {
  expect(longestStandStillUs([0, 100, 200], [50], span)).toBe(900);
  expect(longestStandStillUs([700], [], span)).toBe(300);
});

it('counts only what lies within the span', () => {
  expect(longestStandStillUs([0, 990], [300, 2_000], { fromUs: 200, untilUs: 1_000 })).toBe(100);
});

it('is told apart from another that goes on: what stays behind does not count while others are done', () => {
  const done = Array.from({ length: 10 }, (_, n) => n * 100 + 50);
  expect(longestStandStillUs([0, ...done.map((us) => us - 10)], done, span)).toBe(100);
});
