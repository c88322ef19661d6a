import { describe, expect, it } from 'vitest';
import { changes } from './changes.ts';
import { verdictOf } from './verdict.ts';

const added = changes['field added'];
const renamed = changes['field renamed'];
const widened = changes['field widened'];

describe('verdictOf', () => {
  it('reads what was said, and need not have all of it', () => {
    expect(verdictOf(renamed.old, renamed.new, { id: 'order-1', buyer: 'ann' })).toBe('reads');
    expect(verdictOf(added.new, added.old, { id: 'order-1' })).toBe('reads');
  });

  it('defaults where the writer has no such field', () => {
    expect(verdictOf(added.old, added.new, { id: 'order-1' })).toBe('defaults');
  });

  it('is silently wrong where what was said is missing or another', () => {
    expect(verdictOf(renamed.old, renamed.new, { id: 'order-1' })).toBe('silently wrong');
    expect(verdictOf(widened.new, widened.old, { id: 'order-1', cents: 705_032_704 })).toBe('silently wrong');
  });

  it('is silently wrong where something is read that nobody said', () => {
    expect(verdictOf(added.old, added.new, { id: 'order-1', note: 'by noon' })).toBe('silently wrong');
  });

  it('is refused when the reader says so', () => {
    expect(verdictOf(added.old, added.new, null)).toBe('refused');
  });
});
