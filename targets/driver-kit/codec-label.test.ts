import { expect, it } from 'vitest';
import type { BodyCompression } from '../../scenarios/scenario.ts';
import { compressionLabel } from './codec-label.ts';

it.each<[BodyCompression | undefined, string]>([
  [undefined, 'no compression'],
  [{ codec: 'gzip' }, 'gzip: bodies'],
  [{ codec: 'gzip', minBytes: 0 }, 'gzip: bodies'],
  [{ codec: 'gzip', minBytes: 256 }, 'gzip from 256 B: bodies'],
  [{ codec: 'zstd', level: 3, minBytes: 1_024 }, 'zstd level 3 from 1024 B: bodies'],
])('%j is printed as %s', (compression, label) => {
  expect(compressionLabel(compression, 'bodies')).toBe(label);
});
