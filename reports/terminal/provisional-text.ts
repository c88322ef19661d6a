/** What can be said after some of the repeats: a first answer, while the others run. */
import type { RunResult } from '../../result/result-types.ts';
import { answer, type SentenceKind } from '../answer/answer.ts';
import { withoutProbes } from '../tables/capacity.ts';

/** What stays when figures are added; the rest of the answer waits for the end. */
const kinds: readonly SentenceKind[] = ['lead', 'figures', 'order'];
const mostSentences = 3;

/** `Provisional, after 1 of 3 repeats: …` */
export function provisionalText(whole: RunResult, repeat: number, repeats: number): string {
  const { parts } = answer(withoutProbes(whole));
  const hasLead = parts.some(({ kind }) => kind === 'lead');
  const told = parts.filter(({ kind }) => kinds.includes(kind) && !(hasLead && kind === 'figures'));
  const texts = told.slice(0, mostSentences).map(({ text }) => text);
  return `Provisional, after ${repeat} of ${repeats} repeats: ${texts.join(' ') || 'nothing can be said yet.'}`;
}
