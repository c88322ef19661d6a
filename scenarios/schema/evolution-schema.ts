/** Changes of messages that clients and services of two versions are played with. */
import { z } from 'zod';
import { schemaChanges } from '../../result/evolution-names.ts';

export const evolutionSchema = z
  .array(z.enum(schemaChanges))
  .min(1)
  .optional()
  .describe(
    'Before the first trial a client of one version meets a service of the other over the wire of each target, with messages of two fields in JSON and protobuf, once for each of these changes. Left out: none does.',
  );
