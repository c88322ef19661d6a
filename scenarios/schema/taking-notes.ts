/** What a run takes of others' messages, and asks beside its load: a sentence for each target that does. */
import { definitionOf } from '../protocols/definitions.ts';
import type { Scenario, Target } from '../scenario.ts';
import { type SettledSettings, settledText } from '../settled-settings.ts';

export function takingNotes({ targets }: Scenario): string[] {
  return Object.values(targets).flatMap((target) => notesOf(target).map((taken) => `${target.name}: ${taken}.`));
}

function notesOf(target: Target): string[] {
  if (target.address === undefined) return [];
  const taken = definitionOf(target).takes?.(target) ?? null;
  return [...(taken === null ? [] : [taken]), ...(target.settled === undefined ? [] : [observed(target.settled)])];
}

function observed(settings: SettledSettings): string {
  const where = settledText(settings);
  if (settings.by === 'poll') return `asks ${where} for each flow, beside the load`;
  if (settings.by !== 'queue') return `looks for the events of its flows at ${where}, and takes nothing from anybody`;
  const others = settings.mayDiscard ? 'what is there of others is lost' : 'refused when it holds messages of others';
  return `takes the events of its flows from ${where}; ${others}`;
}
