/** What an acknowledgement is worth: where the message, or the effect, is when the client is told. Weakest first. */
export const guaranteeClasses = [
  'process memory',
  'process’s own store',
  'broker’s page cache',
  'broker’s disk (flushed)',
  'replicated',
] as const;
export type GuaranteeClass = (typeof guaranteeClasses)[number];

/** The setting of a trial that names it; null there: not known. */
export const guaranteeSetting = 'guarantee';

/** Where there is little room. */
const shortTexts: Readonly<Record<GuaranteeClass, string>> = {
  'process memory': 'memory',
  'process’s own store': 'own store',
  'broker’s page cache': 'page cache',
  'broker’s disk (flushed)': 'disk, flushed',
  replicated: 'replicated',
};

/** As tables print it, `?` where it is not known. Figures of two classes are never put into an order. */
export function guaranteeText(semantics: Readonly<Record<string, unknown>> | undefined): string {
  const found = guaranteeIn(semantics);
  return found === null ? '?' : shortTexts[found];
}

export function guaranteeIn(semantics: Readonly<Record<string, unknown>> | undefined): GuaranteeClass | null {
  const found = semantics?.[guaranteeSetting];
  return guaranteeClasses.find((one) => one === found) ?? null;
}
