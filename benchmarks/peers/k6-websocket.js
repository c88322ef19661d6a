// k6/ws: half the CPU of k6/websockets. With K6_LATENCY the round trips go to a Trend, in whole milliseconds: what Date
// gives, and the cheapest clock there is.
import { Trend } from 'k6/metrics';
import ws from 'k6/ws';

const seconds = Number(__ENV.K6_SECONDS);
const connections = Number(__ENV.K6_CONNECTIONS);
const rate = Number(__ENV.K6_RATE);
const body = 'x'.repeat(Number(__ENV.K6_BODY_BYTES));
const latency = __ENV.K6_LATENCY === '1' ? new Trend('round_trip', true) : null;
const lastAnswersMs = 200;

export const options = {
  systemTags: [],
  scenarios: {
    load: { executor: 'per-vu-iterations', vus: connections, iterations: 1, maxDuration: `${seconds + 10}s` },
  },
};

export default function () {
  ws.connect(__ENV.K6_URL, {}, (socket) => {
    let isOver = false;
    const sentMs = []; // an echo server answers in order
    const send = () => {
      if (isOver) return;
      if (latency !== null) sentMs.push(Date.now());
      socket.send(body);
    };
    socket.on('open', () => {
      socket.setTimeout(() => {
        isOver = true;
        socket.setTimeout(() => socket.close(), lastAnswersMs);
      }, seconds * 1000);
      if (rate === 0) send();
      else {
        // One after the other, as the rate says: connections that opened together would send together for ever.
        const firstMs = 1 + ((__VU - 1) * 1000) / rate;
        socket.setTimeout(() => socket.setInterval(send, (1000 * connections) / rate), firstMs);
      }
    });
    if (latency === null) {
      if (rate === 0) socket.on('message', send);
      return;
    }
    socket.on('message', () => {
      latency.add(Date.now() - sentMs.shift());
      if (rate === 0) send();
    });
  });
}

export function handleSummary({ metrics }) {
  return { stdout: JSON.stringify({ metrics }) };
}
