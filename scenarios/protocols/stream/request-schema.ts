import { z } from 'zod';
import { object, wholeNumber } from '../../schema/fields.ts';

/** Values of an operation of which the characters are known. */
const topicName = /^(?!\.{1,2}$)(?:[\w.-]|\{\{\s*(?:id|key|sequence|random)\s*\}\}){1,249}$/;
const recordHeader = z.union([z.string(), z.number().transform(String), z.boolean().transform(String), z.null()], {
  error: 'expected text or null',
});

export const streamRequest = object({
  topic: z
    .string()
    .regex(topicName, {
      error: 'is not the name of a topic (letters, digits, . _ -; of {{…}} only id, key, sequence and random)',
    })
    .describe('Topic; with {{key}} and the like one of several, which are not looked up beforehand.'),
  key: z.string().optional().describe('Message key; messages of one key keep their order.'),
  partition: wholeNumber(0, 100_000).optional().describe('Partition; left out: by the key.'),
  value: z.string().nullable().prefault('{{payload}}').describe('The message value; null: a tombstone.'),
  headers: z.record(z.string(), recordHeader).prefault({}).describe('Headers by name, of any kind; null: no value.'),
});
