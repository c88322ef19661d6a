/** What the peer said when an operation was not ok for the first time, a text for each kind. */
import type { RunResult, TrialResult } from '../../result/result-types.ts';
import { formatDuration } from './format-values.ts';

/** A report is to be read: all of it is in the result. */
const mostHeadLength = 160;
const mostBodyLength = 240;
const mostTexts = 20;

/** `shop getOrder in calm, status 404: HTTP/1.1 404 Not Found … | {"error":"no such order"}`: once for each target and condition. */
export function failureTexts({ trials }: RunResult): string[] {
  const texts = new Map<string, string>();
  for (const trial of trials) {
    for (const { operation, reason, head = '', body = '', atMs } of trial.failures ?? []) {
      const what = `${trial.target} ${operation} in ${trial.condition}, ${reason}`;
      if (texts.has(what)) continue;
      const said = [shortened(head, mostHeadLength), shortened(body, mostBodyLength)].filter((text) => text !== '');
      texts.set(what, `${what}: ${momentOf(trial, atMs)}${said.length === 0 ? '' : `: ${said.join(' | ')}`}`);
    }
  }
  const all = [...texts.values()];
  const more = all.length - mostTexts;
  return more > 0 ? [...all.slice(0, mostTexts), `… and ${more} more kinds (failures in result.json)`] : all;
}

function momentOf({ id }: TrialResult, atMs: number): string {
  return atMs < 0 ? `in the warm-up of ${id}` : `${formatDuration(atMs)} into ${id}`;
}

/** On one line. */
function shortened(text: string, most: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most)}…` : line;
}
