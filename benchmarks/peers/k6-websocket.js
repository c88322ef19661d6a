// k6/ws and its own counters: half the CPU of k6/websockets with a Trend for the round trip.
import ws from 'k6/ws';

const seconds = Number(__ENV.K6_SECONDS);
const connections = Number(__ENV.K6_CONNECTIONS);
const rate = Number(__ENV.K6_RATE);
const body = 'x'.repeat(Number(__ENV.K6_BODY_BYTES));
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
    const send = () => {
      if (!isOver) socket.send(body);
    };
    socket.on('open', () => {
      socket.setTimeout(() => {
        isOver = true;
        socket.setTimeout(() => socket.close(), lastAnswersMs);
      }, seconds * 1000);
      if (rate > 0) socket.setInterval(send, (1000 * connections) / rate);
      else send();
    });
    if (rate === 0) socket.on('message', send);
  });
}

export function handleSummary({ metrics }) {
  return { stdout: JSON.stringify({ metrics }) };
}
