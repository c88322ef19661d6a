import type { QueueTarget, StreamTarget } from '../../scenarios/scenario.ts';

/** Where what a target's file leaves open comes from. */
export function settingsLabel({ settings }: QueueTarget | StreamTarget): string {
  if (settings === undefined) return 'Wirebench’s own';
  const { name, except } = settings;
  return except.length === 0 ? name : `${name}, but ${except.join(', ')} as written`;
}
