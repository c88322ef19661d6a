/**
 * `ws` with nothing around it: messages out, echoes counted, no latency recorded. With a rate, a 1 ms timer sends what is
 * due; without, each echo sends the next one.
 *
 * Arguments: url connections bytes seconds ratePerSecond (0: closed)
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

const [url = '', ...figures] = process.argv.slice(2);
const [connections = 1, bytes = 0, seconds = 1, ratePerSecond = 0] = figures.map(Number);
const body = Buffer.alloc(bytes, 'x');
const asText = { binary: false };
let sent = 0;
let echoed = 0;
let isOver = false;

const sockets = Array.from({ length: connections }, () => new WebSocket(url, { perMessageDeflate: false }));
await Promise.all(sockets.map((socket) => once(socket, 'open')));

function send(socket: WebSocket): void {
  sent++;
  socket.send(body, asText);
}

for (const socket of sockets) {
  socket.on('message', () => {
    echoed++;
    if (!isOver && ratePerSecond === 0) send(socket);
  });
}

const startedMs = performance.now();
if (ratePerSecond === 0) for (const socket of sockets) send(socket);
else {
  const ticker = setInterval(() => {
    const due = ((performance.now() - startedMs) * ratePerSecond) / 1e3;
    while (sent < due) send(sockets[sent % connections] as WebSocket);
  }, 1);
  void sleep(seconds * 1e3).then(() => clearInterval(ticker));
}
await sleep(seconds * 1e3);
isOver = true;
const perSecond = (echoed * 1e3) / (performance.now() - startedMs);
for (let waitedMs = 0; echoed < sent && waitedMs < 5_000; waitedMs += 10) await sleep(10);
process.stdout.write(`${JSON.stringify({ completed: echoed, failed: sent - echoed, perSecond })}\n`);
for (const socket of sockets) socket.terminate();
