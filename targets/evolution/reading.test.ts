import { describe, expect, it } from 'vitest';
import { changes } from './changes.ts';
import { readingOf } from './reading.ts';

const added = changes.fieldAdded;
const renamed = changes.fieldRenamed;
const widened = changes.fieldWidened;

describe('readingOf', () => {
  it('reads what was said, and need not have all of it', () => {
    expect(readingOf(renamed.old, renamed.new, { id: 'order-1', buyer: 'ann' })).toBe('reads');
    expect(readingOf(added.new, added.old, { id: 'order-1' })).toBe('reads');
  });

  it('defaults where the writer has no such field', () => {
    expect(readingOf(added.old, added.new, { id: 'order-1' })).toBe('defaults');
  });

  it('is silently wrong where what was said is missing or another', () => {
    expect(readingOf(renamed.old, renamed.new, { id: 'order-1' })).toBe('silentlyWrong');
    expect(readingOf(widened.new, widened.old, { id: 'order-1', cents: 705_032_704 })).toBe('silentlyWrong');
  });

  it('is silently wrong where something is read that nobody said', () => {
    expect(readingOf(added.old, added.new, { id: 'order-1', note: 'by noon' })).toBe('silentlyWrong');
  });

  it('is refused when the reader says so', () => {
    expect(readingOf(added.old, added.new, null)).toBe('refused');
  });
});
