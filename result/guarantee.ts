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

/** As reports print it. Figures of two classes are never put into an order. */
export function guaranteeText(semantics: Readonly<Record<string, unknown>> | undefined): string {
  return guaranteeIn(semantics) ?? '?';
}

export function guaranteeIn(semantics: Readonly<Record<string, unknown>> | undefined): GuaranteeClass | null {
  const found = semantics?.[guaranteeSetting];
  return guaranteeClasses.find((one) => one === found) ?? null;
}
