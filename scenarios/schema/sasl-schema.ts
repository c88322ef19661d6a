/** How one logs in to a Kafka of the user's own. */
import { z } from 'zod';
import { credential, lineText, object } from './fields.ts';

const withPassword = (mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512') =>
  object({
    mechanism: z.literal(mechanism).describe('How one logs in.'),
    username: credential.describe('Who logs in.'),
    password: credential.describe('Of the user; best from the environment.'),
  });

export const saslSchema = z.discriminatedUnion('mechanism', [
  withPassword('plain'),
  withPassword('scram-sha-256'),
  withPassword('scram-sha-512'),
  object({
    mechanism: z.literal('oauthbearer').describe('How one logs in.'),
    token: credential.describe('The bearer token, best from the environment; it has to last for the run.'),
    extensions: z
      .record(z.string().regex(/^[A-Za-z]+$/), lineText)
      .optional()
      .describe('SASL extensions by name. Left out: none.'),
  }),
]);
