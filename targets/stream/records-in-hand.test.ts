import { expect, it } from 'vitest';
import { RecordsInHand } from './records-in-hand.ts';

function hands(most: number) {
  const flow: string[] = [];
  const inHand = new RecordsInHand({ pause: () => flow.push('pause'), resume: () => flow.push('resume') }, most);
  return { inHand, flow, take: (count: number) => Array.from({ length: count }, () => inHand.take()) };
}

it('stops the stream when its hand is full, and lets it flow at half', () => {
  const { flow, take } = hands(4);
  const done = take(3);
  expect(flow).toEqual([]);
  done.push(...take(1));
  expect(flow).toEqual(['pause']);
  done.pop()?.();
  expect(flow).toEqual(['pause']);
  done.pop()?.();
  expect(flow).toEqual(['pause', 'resume']);
});

it('takes one at a time where there is one place', () => {
  const { flow, take } = hands(1);
  for (const done of take(1)) done();
  for (const done of take(1)) done();
  expect(flow).toEqual(['pause', 'resume', 'pause', 'resume']);
});

it('leaves a stream alone that was replaced', () => {
  const { inHand, flow, take } = hands(2);
  const done = take(2);
  inHand.end();
  for (const one of done) one();
  expect(flow).toEqual(['pause']);
});

it('does not flow while it is held, however little is in hand, and then as before', () => {
  const { inHand, flow, take } = hands(2);
  inHand.hold(true);
  const done = take(2);
  for (const one of done) one();
  expect(flow).toEqual(['pause', 'pause']);
  inHand.hold(false);
  expect(flow).toEqual(['pause', 'pause', 'resume']);
});

it('is not let go into a full hand', () => {
  const { inHand, flow, take } = hands(2);
  const done = take(2);
  inHand.hold(true);
  inHand.hold(false);
  expect(flow).toEqual(['pause', 'pause']);
  done[0]?.();
  expect(flow).toEqual(['pause', 'pause', 'resume']);
});
