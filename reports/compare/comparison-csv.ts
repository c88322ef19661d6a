/** Every column of a comparison's rows, for spreadsheets. Latencies are microseconds. */
import type { ComparisonResult, ComparisonRow } from '../../result/compare/comparison-result.ts';
import { settingsText } from '../../result/settings-text.ts';
import { type CsvColumn, csvText } from '../exchange/csv-text.ts';

const columns: readonly CsvColumn<ComparisonRow>[] = [
  ['side', ({ side }) => side],
  ['target', ({ target }) => target],
  ['variant', ({ variant }) => settingsText(variant)],
  ['condition', ({ condition }) => condition],
  ['phase', ({ phase }) => phase],
  ['operation', ({ operation }) => operation],
  ['metric', ({ metric }) => metric],
  ['unit', ({ unit }) => unit],
  ['higher_is_better', ({ higherIsBetter }) => higherIsBetter],
  ['is_primary', ({ isPrimary }) => isPrimary],
  ['base', ({ base }) => base],
  ['other', ({ other }) => other],
  ['base_trials', ({ baseTrials }) => baseTrials],
  ['other_trials', ({ otherTrials }) => otherTrials],
  ['pairs', ({ pairs }) => pairs],
  ['ratio', ({ ratio }) => ratio?.ratio],
  ['ratio_low', ({ ratio }) => ratio?.low],
  ['ratio_high', ({ ratio }) => ratio?.high],
  ['ratio_low90', ({ ratio }) => ratio?.low90],
  ['ratio_high90', ({ ratio }) => ratio?.high90],
  ['answer', ({ answer }) => answer],
  ['is_doubtful', ({ isDoubtful }) => isDoubtful],
  ['reason', ({ reason }) => reason],
  ['pairs_needed', ({ pairsNeeded }) => pairsNeeded],
  ['tells_from', ({ tellsFrom }) => tellsFrom],
];

export function renderComparisonCsv({ rows }: ComparisonResult): string {
  return csvText(columns, rows);
}
