import { describe, expect, it } from 'vitest';
import { cleanLine, cleanTexts, printable, visible } from './printable.ts';

describe('text of others', () => {
  it.each([
    ['an escape sequence', 'a\u001b[31mred\u001b[0m', 'a\\u001b[31mred\\u001b[0m', 'ared'],
    ['a title of the window', '\u001b]0;x\u0007', '\\u001b]0;x\\u0007', ''],
    ['a C1 control', 'a\u009b2Jb', 'a\\u009b2Jb', 'ab'],
    ['a line end', 'a\r\nb', 'a\\u000d\\u000ab', 'a b'],
    ['text from right to left', 'a\u202eb', 'a\\u202eb', 'a b'],
    ['nothing of that kind', 'größe µs 漢字 \\ "x"', 'größe µs 漢字 \\ "x"', 'größe µs 漢字 \\ "x"'],
  ])('%s is shown in a sentence, and gone in a report', (_what, text, shown, clean) => {
    expect(visible(text)).toBe(shown);
    expect(cleanLine(text)).toBe(clean);
  });

  it('keeps its lines where it has several', () => expect(printable('a\u0007\nb')).toBe('a\\u0007\nb'));

  it('is clean in every text and key of a record, whose numbers and shape stay', () => {
    const record = { 'a\u001b[1m': [{ b: 'c\u0000', n: 1, none: null }], __proto__x: true };
    expect(cleanTexts(record)).toEqual({ a: [{ b: 'c ', n: 1, none: null }], __proto__x: true });
  });
});
