import { describe, expect, it } from 'vitest';
import { formatOperationId, parseOperationId } from './operation-id.ts';

describe('operation ids', () => {
  it.each([0, 15, 16, 255, 256, 4_096, 65_535])('say which of 65,536 producers sent them: %i', (producer) => {
    const id = formatOperationId('a2c13b6a', producer, 4_294_967_295);
    expect(id).toHaveLength(formatOperationId('a2c13b6a', 0, 0).length);
    expect(parseOperationId(id)).toEqual({ producer, sequence: 4_294_967_295 });
  });

  it.each([
    '',
    'warm-up',
    'tag-00-0000000001', // two digits of producer
    'tag-00g0-0000000001',
    'tag-0000-00000000x1',
    'tag-0000-         1',
    'tag-0000_0000000001',
  ])('take %j for somebody else’s', (id) => {
    expect(parseOperationId(id)).toBeNull();
  });
});
