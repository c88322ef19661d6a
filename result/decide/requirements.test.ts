import { describe, expect, it } from 'vitest';
import { BenchError } from '../bench-error.ts';
import { type RequirementWords, readRequirements } from './requirements.ts';

const none = { failed: '0%', risk: '50%' };
const read = (words: Partial<RequirementWords>) => readRequirements({ ...none, ...words }, () => ['payment']);

describe('what matters', () => {
  it.each([
    ['100ms', 'p99 ≤ 100ms', 'offered', 'p99', 100_000],
    ['p90 100ms', 'p90 ≤ 100ms', 'offered', 'p90', 100_000],
    ['p99.9 < 2s', 'p999 ≤ 2s', 'offered', 'p999', 2_000_000],
    ['delivered p99 ≤ 2s', 'delivered p99 ≤ 2s', 'delivered', 'p99', 2_000_000],
    ['acknowledged 20ms', 'acknowledged p99 ≤ 20ms', 'acknowledged', 'p99', 20_000],
  ])('is read of --latency "%s"', (text, wanted, latency, percentile, limitUs) => {
    expect(read({ latency: [text] }).all).toEqual([{ kind: 'latency', wanted, latency, percentile, limitUs }]);
  });

  it('is read of lists, each part once', () => {
    const { all } = read({ survive: ['service,payment', 'network, service'] });
    expect(all.map(({ wanted }) => wanted)).toEqual(['survives service', 'survives payment', 'survives network']);
  });

  it('asks which other parts there are only for one beyond the usual ones', () => {
    const unasked = () => expect.unreachable();
    const { all } = readRequirements({ ...none, survive: ['service,broker,network'] }, unasked);
    expect(all.map(({ kind }) => kind)).toEqual(['survive', 'survive', 'survive']);
  });

  it.each<[Partial<RequirementWords>, RegExp, RegExp]>([
    [{}, /what matters/, /--latency 100ms/],
    [{ latency: ['fast'] }, /"fast" is not a/, /./],
    [{ latency: ['100'] }, /unit/, /./],
    [{ latency: ['100/s'] }, /no unit of a duration/, /./],
    [{ latency: ['0ms'] }, /no time/, /./],
    [{ latency: ['p95 100ms'] }, /no percentile of a latency/, /p90 100ms/],
    [{ latency: ['max 100ms'] }, /no percentile of a latency/, /./],
    [{ latency: ['lost 100ms'] }, /no percentile of a latency/, /./],
    [{ survive: ['servce'] }, /no "servce"/, /Did you mean service\?/],
    [{ survive: ['moon'] }, /no "moon"/, /service, broker, network, payment/],
    [{ lose: 'little' }, /no "little"/, /--lose nothing/],
    [{ order: 'global' }, /no "global"/, /--order per-key/],
    [{ stale: 'p95 1s' }, /no percentile/, /p90 1s/],
    [{ lose: 'nothing', risk: '0%' }, /--risk/, /20%/],
    [{ lose: 'nothing', failed: '1' }, /--failed/, /./],
    [{ lose: 'nothing', failed: '100%' }, /nothing that fails matters/, /--failed 1%/],
  ])('is refused with what to write instead: %j', (words, message, hint) => {
    try {
      read(words);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
      expect(error).toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      });
    }
  });
});
