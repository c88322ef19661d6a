/** All goals of several benchmarks in one Markdown table. */
import { type GoalLine, outcomeOf } from './goal-line.ts';
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

function digitsFor(value: number): number {
  return value < 10 ? 2 : 1;
}
