import { describe, expect, it } from 'vitest';
import { entityTag, noneMatches, versionsToMatch } from './entity-tag.ts';

it('is the version in quotes', () => expect(entityTag(7)).toBe('"7"'));

describe('noneMatches', () => {
  it.each([
    [undefined, true],
    ['"6"', true],
    ['"6", "8"', true],
    ['7', true],
    ['"7"', false],
    ['W/"7"', false],
    ['"6", "7"', false],
    ['"a,b","7"', false],
    ['*', false],
  ])('of If-None-Match %s and version 7 is %s', (header, expected) => expect(noneMatches(header, 7)).toBe(expected));
});

describe('versionsToMatch', () => {
  it.each([
    [undefined, undefined],
    ['*', undefined],
    ['"7"', [7]],
    ['"7", "9"', [7, 9]],
    ['W/"7"', []],
    ['"another"', []],
    ['nonsense', []],
  ])('of If-Match %s are %j', (header, expected) => expect(versionsToMatch(header)).toEqual(expected));
});
