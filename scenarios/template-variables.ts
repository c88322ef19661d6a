/** Values of an operation that a request may hold as `{{name}}`. */
export const templateVariables = [
  'id',
  'key',
  'sequence',
  'payload',
  'payloadJson',
  'payloadBase64',
  'random',
  'traceId',
  'spanId',
] as const;
export type TemplateVariable = (typeof templateVariables)[number];
