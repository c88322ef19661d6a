/** How connections to an own system are secured, the same words on every protocol. */
import { z } from 'zod';
import { lineText, object } from './fields.ts';

const pemFile = z.string().min(1);

export type WrittenTls = z.output<typeof tlsSchema>;

export const tlsSchema = object({
  ca: pemFile
    .optional()
    .describe(
      'PEM file, relative to the scenario: the authorities that are trusted. Left out: those that Node trusts.',
    ),
  cert: pemFile.optional().describe('PEM file: the certificate that we show, its chain behind it. Left out: none.'),
  key: pemFile.optional().describe('PEM file: its private key.'),
  serverName: lineText
    .min(1)
    .max(253)
    .optional()
    .describe('Whom the certificate must name, and who is asked for. Left out: the host of the address.'),
  verify: z.boolean().default(true).describe('false: any certificate will do, which is said beside the numbers.'),
}).describe(
  'Own system: TLS; an address with a scheme must have a secure one. Left out: as its scheme says, else in clear.',
);
