/** All goals of several benchmarks in one Markdown table. */
import type { GoalLine } from './goal-line.ts';
import { inWords } from './spread.ts';

const header = ['task', 'figure', 'ours', 'beside', 'ours ÷ peer', 'goal', ''];

export function goalTable(lines: readonly GoalLine[]): string {
  const rows = lines.map(({ task, figure, ours, beside, measured, sign, goal, isMet, doubts }) => [
    task,
    figure,
    inWords(ours, digitsFor(ours.median)),
    beside === null ? '' : `${beside.name} ${inWords(beside.figure, digitsFor(beside.figure.median))}`,
    beside === null ? '' : inWords(measured, 2),
    goal === null ? '' : `${sign} ${goal}`,
    outcomeOf({ measured, goal, isMet, doubts }),
  ]);
  const table = [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  const doubted = new Map(lines.filter(({ doubts }) => doubts.length > 0).map(({ task, doubts }) => [task, doubts]));
  const notes = [...doubted].map(
    ([task, doubts]) => `- ${task}: our own trials were not valid for ${doubts.join(', ')}.`,
  );
  return [...table, ...(notes.length === 0 ? [] : ['', ...notes])].join('\n');
}

/** What our own verdict says goes for us as well: nothing is met, or missed, by trials that are not valid. */
function outcomeOf({
  measured,
  goal,
  isMet,
  doubts,
}: Pick<GoalLine, 'measured' | 'goal' | 'isMet' | 'doubts'>): string {
  if (goal === null || isMet === null) return '';
  if (doubts.length > 0) return 'not decided: trials not valid';
  if (measured.min < goal && goal < measured.max) return 'not decided: rounds differ';
  return isMet ? 'met' : '**not met**';
}

function digitsFor(value: number): number {
  return value < 10 ? 2 : 1;
}
