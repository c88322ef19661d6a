/** What compression made of the bodies: plain ÷ wire, each way. */
import { ratioOf, sumOfBodies } from '../../result/body-bytes.ts';
import type { BodyBytes, TrialResult } from '../../result/result-types.ts';
import { formatBytes, formatFactor } from './format-values.ts';

/** Of the trials together; null: none of them compresses. */
export function bodiesOf(trials: readonly TrialResult[]): BodyBytes | null {
  const all = trials.flatMap(({ wire }) => wire.bodies ?? []);
  return all.length === 0 ? null : sumOfBodies(all);
}

/** Up and down, `3.12×`; `–` where nothing went that way. */
export function ratioTexts(bodies: BodyBytes | null): [string, string] {
  if (bodies === null) return ['–', '–'];
  return [
    formatFactor(ratioOf(bodies.plainBytesUp, bodies.wireBytesUp)),
    formatFactor(ratioOf(bodies.plainBytesDown, bodies.wireBytesDown)),
  ];
}

export function bodyFacts({ wire: { bodies } }: TrialResult): string[] {
  if (bodies === undefined) return [];
  const [up, down] = ratioTexts(bodies);
  const oneWay = (factor: string, plainBytes: number, wireBytes: number, way: string) =>
    wireBytes === 0 ? [] : [`${factor} ${way} (${formatBytes(plainBytes)} as ${formatBytes(wireBytes)})`];
  const ways = [
    ...oneWay(up, bodies.plainBytesUp, bodies.wireBytesUp, 'up'),
    ...oneWay(down, bodies.plainBytesDown, bodies.wireBytesDown, 'down'),
  ];
  return ways.length === 0 ? [] : [`bodies compressed ${ways.join(', ')}`];
}
