import { expect, it } from 'vitest';
import { recordPage } from './record-page.ts';

it('has a row for each scenario, those without a result too', () => {
  const page = recordPage({
    startedAt: '2026-01-01T00:00:00Z',
    isShort: false,
    versions: { wirebench: '0.2.0' },
    machine: '2 cores',
    records: [
      { name: 'a', exitCode: 0, seconds: 59.6, verdicts: { valid: 2, suspect: 1, invalid: 0 }, answer: 'rest | grpc.' },
      { name: 'b', exitCode: 3, seconds: 4, verdicts: null, answer: 'Kafka is not installed' },
    ],
  });
  expect(page).toContain('| `a` | 0 | 1 min 0 s | 2 / 1 / 0 | rest \\| grpc. |');
  expect(page).toContain('| `b` | 3 | 4 s | – | Kafka is not installed |');
});
