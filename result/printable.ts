/** What others have written (keys, names of files, options, services' words) must not steer a terminal or a page. */
import { stripVTControlCharacters } from 'node:util';

/** Control characters, and those that turn the direction of text or end a line unseen. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
const steering = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;
const steeringRuns = new RegExp(`${steering.source}+`, 'g');
const steeringCharacters = new RegExp(steering.source, 'g');

/** As one line that shows each of them, e.g. `\u001b[31m`. */
export function visible(text: string): string {
  return text.replace(steeringCharacters, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same, of text that may have several lines. */
export function printable(text: string): string {
  return steering.test(text) ? text.split('\n').map(visible).join('\n') : text;
}

/** As one line without them: for reports, whose columns are counted. */
export function cleanLine(text: string): string {
  return steering.test(text) ? stripVTControlCharacters(text).replace(steeringRuns, ' ') : text;
}

/** A copy of plain data whose texts and keys are clean lines. */
export function cleanTexts<Value>(value: Value): Value {
  return cleaned(value) as Value;
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return cleanLine(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [cleanLine(key), cleaned(child)]));
}
