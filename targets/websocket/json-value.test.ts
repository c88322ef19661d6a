import { describe, expect, it } from 'vitest';
import { JsonValue } from './json-value.ts';

function textIn(pointer: string, json: string): string | null {
  // Around the message stand bytes of other reads.
  const around = '","id":"other"}';
  const bytes = Buffer.from(`${around}${json}${around}`);
  const start = Buffer.byteLength(around);
  return new JsonValue(pointer).textIn(bytes, start, start + Buffer.byteLength(json));
}

/** The plain way. */
function expected(pointer: string, json: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
    value = (value as Record<string, unknown>)[name];
  }
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : null;
}

describe('JsonValue', () => {
  it.each([
    ['/id', '{"id":"a-1"}', 'a-1'],
    ['/id', '{"id":"a-1","code":"ok"}', 'a-1'],
    ['/code', '{"id":"a-1","code":"ok"}', 'ok'],
    ['/id', ' { "x" : [ { "id" : 1 } , "}" , "\\"" ] ,\n "id"\t: "a-1" } ', 'a-1'],
    ['/id', '{"x":{"id":"inner"},"id":"outer"}', 'outer'],
    ['/id', '{"text":"say \\"id\\":\\"no\\"","id":"yes"}', 'yes'],
    ['/result/id', '{"id":"no","result":{"id":"yes"}}', 'yes'],
    ['/id', '{"id":17}', '17'],
    ['/id', '{"id":-1.5e3,"x":1}', '-1.5e3'],
    ['/ok', '{"ok":true}', 'true'],
    ['/id', '{"id":""}', ''],
    ['/items/1/id', '{"items":[{"id":"a"},{"id":"b"}]}', 'b'],
    ['/0', '["a"]', 'a'],
    ['/a~1b', '{"a/b":"x"}', 'x'],
    ['/a~0b', '{"a~b":"x"}', 'x'],
    ['/id', '{"i\\u0064":"x"}', 'x'],
    ['/id', '{"id":"a\\u002d1"}', 'a-1'],
    ['/id', '{"id":"é"}', 'é'],
    ['/é', '{"é":"x"}', 'x'],
  ])('finds %s in %s', (pointer, json, text) => {
    expect(textIn(pointer, json)).toBe(text);
  });

  it.each([
    ['/id', '{}'],
    ['/id', '{"code":"ok"}'],
    ['/id', '{"id":null}'],
    ['/id', '{"id":{"x":1}}'],
    ['/id', '{"id":[1]}'],
    ['/id/x', '{"id":"x"}'],
    ['/id', '"id"'],
    ['/id', '["id"]'],
    ['/id', ''],
    ['/id', 'welcome'],
    ['/id', '{'],
    ['/id', '{"id'],
    ['/id', '{"id"'],
    ['/id', '{"id":'],
    ['/id', '{"id":"x'],
    ['/id', '{"id":1'],
    ['/id', '{"x":"'],
    ['/id', '{"x":[{'],
    ['/id', '{"x":1 "id":"x"}'],
    ['/id', '{"id":nonsense}'],
    ['/toString', '{}'],
  ])('finds no %s in %s', (pointer, json) => {
    expect(textIn(pointer, json)).toBeNull();
  });

  it('agrees with JSON.parse on any document, compact or spread over lines', () => {
    let state = 42;
    const draw = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const words = ['id', 'code', 'a', '', 'i"d', 'id\\', 'é', '{', '}', ',', '"id":"x"', '0', 'x'.repeat(50)];
    const word = () => words[draw(words.length)] as string;
    const value = (depth: number): unknown => {
      const kind = draw(depth > 3 ? 5 : 8);
      if (kind < 2) return word();
      if (kind === 2) return draw(1000);
      if (kind === 3) return draw(2) === 0;
      if (kind === 4) return null;
      if (kind === 5) return Array.from({ length: draw(4) }, () => value(depth + 1));
      return Object.fromEntries(Array.from({ length: draw(5) }, () => [word(), value(depth + 1)]));
    };
    let found = 0;
    for (let n = 0; n < 3_000; n++) {
      const json = JSON.stringify(value(0), null, n % 3);
      for (const pointer of ['/id', '/code', '/id/id', '/a/code', '/0', '/id/0']) {
        const text = expected(pointer, json);
        expect(textIn(pointer, json), `${pointer} in ${json}`).toBe(text);
        if (text !== null) found++;
      }
    }
    expect(found).toBeGreaterThan(300);
  });

  it('gives nothing, or what is there, for a text that breaks off anywhere', () => {
    const json = '{"x":{"id":[1,"}"]},"id":"a-1","code":"ok"}';
    for (let at = 0; at < json.length; at++) expect([null, 'a-1']).toContain(textIn('/id', json.slice(0, at)));
  });
});
