/** What an acknowledgement is worth: where the message, or the effect, is when the client is told. Weakest first. */
export const guaranteeClasses = [
  'process memory',
  'service’s disk (flushed)',
  'broker’s page cache',
  'broker’s disk (flushed)',
  'replicated',
] as const;
export type GuaranteeClass = (typeof guaranteeClasses)[number];

/** The setting of a trial that names it; null there: not known. */
export const guaranteeSetting = 'guarantee';

/** Behind a broker: of operations that end with the service's reply. Left out: the same. */
export const replyGuaranteeSetting = 'guarantee of replies';

/** Where there is little room. */
const shortTexts: Readonly<Record<GuaranteeClass, string>> = {
  'process memory': 'memory',
  'service’s disk (flushed)': 'service’s disk',
  'broker’s page cache': 'page cache',
  'broker’s disk (flushed)': 'disk, flushed',
  replicated: 'replicated',
};

/** `guaranteeIn` as tables print it, `?` where it is not known. Figures of two classes are never put into an order. */
export function guaranteeText(
  semantics: Readonly<Record<string, unknown>> | undefined,
  completion?: string | null,
): string {
  const found = guaranteeIn(semantics, completion);
  return found === null ? '?' : shortTexts[found];
}

/** `completion`: where the operation ends; left out: where it is handed over. */
export function guaranteeIn(
  semantics: Readonly<Record<string, unknown>> | undefined,
  completion?: string | null,
): GuaranteeClass | null {
  const ofReplies = completion === 'replied' ? semantics?.[replyGuaranteeSetting] : undefined;
  const found = ofReplies ?? semantics?.[guaranteeSetting];
  return guaranteeClasses.find((one) => one === found) ?? null;
}
