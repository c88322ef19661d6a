/** The two shares in words, and where what they count lies. Pure. */
import { isWithin, type VerdictLine, verdictShares } from './verdict-line.ts';
import { services } from './verdict-trials.ts';

const percent = (part: number, whole: number) => (whole === 0 ? '–' : `${((part / whole) * 100).toFixed(1)} %`);
const ms = (us: number | null) => (us === null ? '–' : `${(us / 1e3).toPrecision(3)} ms`);

export function verdictReport(lines: readonly VerdictLine[]): string {
  const shares = verdictShares(lines);
  const isKept = shares.valid - shares.wronglyValid.length;
  const text = [
    `${shares.trials} trials, of ${shares.unknown} no truth or no error is known.`,
    `Called valid: ${shares.valid}; of those off by more than max(3 %, own resolution): ${shares.wronglyValid.length} (${percent(isKept, shares.valid)} are right).`,
    `Within max(3 %, own resolution): ${shares.within}; of those called valid: ${percent(shares.within - shares.withinNotValid.length, shares.within)}.`,
    '',
    '| service | beside | trials | valid | within | median off | largest off | median ± |',
    '|---|--:|--:|--:|--:|--:|--:|--:|',
    ...services.flatMap((service) =>
      [...new Set(lines.map(({ spinners }) => spinners))]
        .sort((a, b) => a - b)
        .flatMap((spinners) => row(service, spinners, lines)),
    ),
    '',
    ...listed('Called valid and off', shares.wronglyValid),
    ...listed('Within and not called valid', shares.withinNotValid),
  ];
  return `${text.join('\n')}\n`;
}

function row(service: string, spinners: number, lines: readonly VerdictLine[]): string[] {
  const all = lines.filter((line) => line.service === service && line.spinners === spinners);
  if (all.length === 0) return [];
  const offs = all.map(offShare).filter((share) => share !== null);
  const valid = all.filter(({ status }) => status === 'valid').length;
  const within = all.filter((line) => isWithin(line) === true).length;
  const shares = all.flatMap(({ resolutionUs, truthUs }) =>
    resolutionUs === null || truthUs === null ? [] : [resolutionUs / truthUs],
  );
  const text = (share: number | undefined) => (share === undefined ? '–' : `${(share * 100).toFixed(1)} %`);
  const cells = [service, spinners, all.length, valid, within, text(median(offs)), text(offs.toSorted(rising).at(-1))];
  return [`| ${[...cells, text(median(shares))].join(' | ')} |`];
}

const rising = (a: number, b: number) => a - b;

function median(values: readonly number[]): number | undefined {
  return values.toSorted(rising)[Math.floor((values.length - 1) / 2)];
}

function offShare({ recordedUs, truthUs }: VerdictLine): number | null {
  return recordedUs === null || truthUs === null ? null : Math.abs(recordedUs - truthUs) / truthUs;
}

function listed(title: string, lines: readonly VerdictLine[]): string[] {
  if (lines.length === 0) return [];
  return [
    `${title}:`,
    ...lines.map(({ protocol, service, spinners, figure, recordedUs, truthUs, resolutionUs, reasons }) => {
      const why = reasons.length === 0 ? '' : `, ${reasons.join(', ')}`;
      return `- ${protocol}, ${service}, beside ${spinners}: ${figure} ${ms(recordedUs)}, truth ${ms(truthUs)}, ± ${ms(resolutionUs)}${why}`;
    }),
  ];
}
