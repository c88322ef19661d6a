/** `tls` and `auth` of our own services: what they show, and what they ask for. */
import { z } from 'zod';
import { auths, tlsModes } from '../security.ts';
import { tlsSchema } from './tls-schema.ts';

export const tls = z
  .union([z.enum(tlsModes), tlsSchema], {
    error: 'expected none, server or mutual; of an own system { ca, cert, key, … }',
  })
  .optional()
  .describe(
    'Our service, or its broker: server has it show a certificate of an authority made for the run; mutual: clients show one, too; none (left out: this): in clear. Own system: which files, and whom to trust; an address with a scheme must have a secure one. Left out: as its scheme says, else in clear.',
  );

export const auth = z
  .enum(auths)
  .optional()
  .meta({ default: 'none' })
  .describe(
    'What clients show to be served by our service: apiKey (a header) or jwt (signed, RS256), checked for each request, over WebSocket once a connection; sasl: a user of the broker, at each connection.',
  );
