import { beforeEach, expect, it } from 'vitest';
import { FifoGroups } from './fifo-groups.ts';

let groups: FifoGroups;
let told: string[];
const enter = (group: string, name: string) =>
  groups.enter(group, { begin: () => told.push(`begin ${name}`), giveBack: () => told.push(`back ${name}`) });

beforeEach(() => {
  groups = new FifoGroups();
  told = [];
});

it('begins the messages of a group one after the other, beside those of others', () => {
  for (const name of ['a1', 'a2', 'b1']) enter(name.slice(0, 1), name);
  expect(told).toEqual(['begin a1', 'begin b1']);
  groups.done('a');
  groups.done('a');
  enter('a', 'a3');
  expect(told).toEqual(['begin a1', 'begin b1', 'begin a2', 'begin a3']);
});

it('gives back what is behind one that is refused, in its order, and begins anew after that', () => {
  for (const name of ['a1', 'a2', 'a3', 'b1', 'b2']) enter(name.slice(0, 1), name);
  groups.back('a');
  enter('a', 'a1');
  expect(told).toEqual(['begin a1', 'begin b1', 'back a2', 'back a3', 'begin a1']);
});
