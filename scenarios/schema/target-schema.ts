/** What is put under load: one protocol with its settings, in front of our reference service or the user's own system. */
import { z } from 'zod';
import { targetSchemas } from '../protocols/definitions.ts';

export const targetSchema = z.discriminatedUnion('protocol', targetSchemas);
