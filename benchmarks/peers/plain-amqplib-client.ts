/**
 * `amqplib` with nothing around it: persistent messages published with confirms and consumed in the same process; each
 * delivery sends the next message. Records no latency.
 *
 * Arguments: url queue bytes seconds inFlight
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'amqplib';

const [url = '', queue = '', ...figures] = process.argv.slice(2);
const [bytes = 0, seconds = 1, inFlight = 1] = figures.map(Number);
const body = Buffer.alloc(bytes, 'x');
const persistent = { persistent: true };
let sent = 0;
let confirmed = 0;
let delivered = 0;
let isOver = false;

const connection = await connect(url, { noDelay: true });
const channel = await connection.createConfirmChannel();
const onConfirm = (error: unknown) => {
  if (error === null) confirmed++;
};
const publish = () => {
  sent++;
  channel.publish('', queue, body, persistent, onConfirm);
};
await channel.consume(
  queue,
  () => {
    delivered++;
    if (!isOver) publish();
  },
  { noAck: true },
);

const startedMs = performance.now();
for (let n = 0; n < inFlight; n++) publish();
await sleep(seconds * 1e3);
isOver = true;
const perSecond = (delivered * 1e3) / (performance.now() - startedMs);
for (let waitedMs = 0; Math.min(delivered, confirmed) < sent && waitedMs < 5_000; waitedMs += 10) await sleep(10);
const completed = Math.min(delivered, confirmed);
process.stdout.write(`${JSON.stringify({ completed, failed: sent - completed, perSecond })}\n`);
await connection.close();
