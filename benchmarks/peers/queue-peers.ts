/** What hands the same messages to the same RabbitMQ: its Java client, and amqplib used plainly. */
import { join } from 'node:path';
import type { LoadTool } from '../load-tool.ts';
import { lastJsonLine, peer } from './peer.ts';

export interface QueueSituation {
  /** `host:port` of the broker. */
  readonly address: string;
  readonly queue: string;
  readonly bodyBytes: number;
  /** Messages that are sent and not complete: at most, with a rate; always, without. */
  readonly inFlight: number;
}

/** `ratePerSecond` null: closed model. */
export function javaClient(
  jars: string,
  { address, queue, bodyBytes, inFlight }: QueueSituation,
  ratePerSecond: number | null,
): LoadTool {
  return peer({
    name: 'Java client',
    unequal: ['Counts confirms and nothing else: no latency, no ids, no headers, messages not mandatory.'],
    command: (seconds) => ({
      command: 'java',
      args: [
        ...['-cp', join(jars, '*'), 'ConfirmPublisher', `amqp://${address}`, queue],
        ...[bodyBytes, seconds, ratePerSecond ?? 0, inFlight].map(String),
      ],
    }),
    read: lastJsonLine,
  });
}

export function plainAmqplib({ address, queue, bodyBytes, inFlight }: QueueSituation): LoadTool {
  return peer({
    name: 'plain amqplib',
    unequal: [
      'Counts confirms and deliveries and nothing else: no latency, no ids, no headers, messages not mandatory.',
    ],
    command: (seconds) => ({
      command: process.execPath,
      args: [
        join(import.meta.dirname, 'plain-amqplib-client.ts'),
        ...[`amqp://${address}`, queue],
        ...[bodyBytes, seconds, inFlight].map(String),
      ],
    }),
    read: lastJsonLine,
  });
}
