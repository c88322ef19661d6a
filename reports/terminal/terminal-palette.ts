/** Colours of a terminal, or none. */
import type { Verdict } from '../../result/result-types.ts';

type Paint = (text: string) => string;

export type Palette = Readonly<Record<'strong' | 'faint' | 'good' | 'bad' | Verdict['status'], Paint>>;

export function paletteFor(colour: boolean): Palette {
  const sgr = (code: number): Paint =>
    colour ? (text) => (text.trim() === '' ? text : `\u001b[${code}m${text}\u001b[0m`) : (text) => text;
  return {
    strong: sgr(1),
    faint: sgr(2),
    good: sgr(32),
    bad: sgr(31),
    valid: (text) => text,
    suspect: sgr(33),
    invalid: sgr(31),
  };
}
