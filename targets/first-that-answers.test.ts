import { expect, it } from 'vitest';
import { firstThatAnswers } from './first-that-answers.ts';

const askOf = (asked: string[]) => async (place: string) => {
  asked.push(place);
  if (place.startsWith('down')) throw new Error(place);
  return place.toUpperCase();
};

it('asks in turn, and nobody after the first that answers', async () => {
  const asked: string[] = [];
  expect(await firstThatAnswers(['down-1', 'up-1', 'up-2'], askOf(asked))).toBe('UP-1');
  expect(asked).toEqual(['down-1', 'up-1']);
});

it('rejects as the last one did when none answers', async () => {
  await expect(firstThatAnswers(['down-1', 'down-2'], askOf([]))).rejects.toThrow('down-2');
});
