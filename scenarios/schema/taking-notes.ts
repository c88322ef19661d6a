/** What a run takes of others' messages, and asks beside its load: a sentence for each target that does. */
import { definitionOf } from '../protocols/definitions.ts';
import type { Scenario, Target } from '../scenario.ts';
import { type EventPlace, type SettledByQueue, type SettledSettings, settledText } from '../settled-settings.ts';

export function takingNotes({ targets }: Scenario): string[] {
  return Object.values(targets).flatMap((target) => notesOf(target).map((taken) => `${target.name}: ${taken}.`));
}

function notesOf(target: Target): string[] {
  if (target.address === undefined) return [];
  const taken = definitionOf(target).takes?.(target) ?? null;
  return [
    ...(taken === null ? [] : [taken]),
    ...(target.settled === undefined ? [] : [observed(target.settled)]),
    ...(target.events === undefined ? [] : [heard(target.events)]),
  ];
}

function heard(events: EventPlace): string {
  const where = settledText(events);
  if (events.by !== 'queue') return `subscribers have its events at ${where}, and take nothing from anybody`;
  return `subscribers take its events from ${where}; ${othersIn(events)}`;
}

function othersIn({ mayDiscard }: SettledByQueue): string {
  return mayDiscard ? 'what is there of others is lost' : 'refused when it holds messages of others';
}

function observed(settings: SettledSettings): string {
  const where = settledText(settings);
  if (settings.by === 'poll') return `asks ${where} for each flow, beside the load`;
  if (settings.by !== 'queue') return `looks for the events of its flows at ${where}, and takes nothing from anybody`;
  return `takes the events of its flows from ${where}; ${othersIn(settings)}`;
}
