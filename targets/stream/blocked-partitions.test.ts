import { beforeEach, describe, expect, it } from 'vitest';
import { BlockedPartitions } from './blocked-partitions.ts';

describe('a partition that is blocked', () => {
  let blocked: BlockedPartitions;
  let begun: string[];
  const hold = (name: string, partition = 0) => blocked.hold(partition, () => begun.push(name));

  beforeEach(() => {
    blocked = new BlockedPartitions();
    begun = [];
    blocked.block(0);
  });

  it('holds what comes behind, in its order, and lets other partitions go on', () => {
    expect([hold('a'), hold('b'), hold('c', 1)]).toEqual([true, true, false]);
    expect(blocked.count).toBe(2);
    blocked.free(0);
    expect(begun).toEqual(['a', 'b']);
    expect(blocked.count).toBe(0);
    expect(hold('d')).toBe(false);
  });

  it('holds the rest when one of those blocks again', () => {
    blocked.hold(0, () => {
      begun.push('a');
      blocked.block(0);
    });
    hold('b');
    blocked.free(0);
    expect(begun).toEqual(['a']);
    expect(blocked.count).toBe(1);
    blocked.free(0);
    expect(begun).toEqual(['a', 'b']);
  });

  it('stays so until the last that blocks it is done', () => {
    blocked.block(0);
    hold('a');
    blocked.free(0);
    expect(begun).toEqual([]);
    blocked.free(0);
    expect(begun).toEqual(['a']);
  });

  it('is forgotten with what it holds once it is another member’s', () => {
    blocked.block(1);
    hold('a');
    hold('b', 1);
    blocked.keepOnly(new Set([1]));
    expect([blocked.count, blocked.has(0), blocked.has(1)]).toEqual([1, false, true]);
    blocked.free(0);
    expect(begun).toEqual([]);
  });
});
