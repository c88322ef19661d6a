import { Counter, Trend } from 'k6/metrics';
import { WebSocket } from 'k6/websockets';

const seconds = Number(__ENV.K6_SECONDS);
const connections = Number(__ENV.K6_CONNECTIONS);
const rate = Number(__ENV.K6_RATE);
const body = 'x'.repeat(Number(__ENV.K6_BODY_BYTES));
const echoed = new Counter('echoed');
const unanswered = new Counter('unanswered');
const roundTrip = new Trend('round_trip', true);

export const options = {
  systemTags: [],
  scenarios: {
    load: { executor: 'per-vu-iterations', vus: connections, iterations: 1, maxDuration: `${seconds + 10}s` },
  },
};

export default function () {
  const socket = new WebSocket(__ENV.K6_URL);
  const sentAt = [];
  let isOver = false;
  let ticker = null;
  const send = () => {
    sentAt.push(Date.now());
    socket.send(body);
  };
  socket.onopen = () => {
    setTimeout(() => {
      isOver = true;
      if (ticker !== null) clearInterval(ticker);
      if (sentAt.length === 0) socket.close();
    }, seconds * 1000);
    if (rate > 0) ticker = setInterval(send, (1000 * connections) / rate);
    else send();
  };
  socket.onmessage = () => {
    roundTrip.add(Date.now() - sentAt.shift());
    echoed.add(1);
    if (isOver && sentAt.length === 0) socket.close();
    else if (!isOver && rate === 0) send();
  };
  socket.onclose = () => unanswered.add(sentAt.length);
}

export function handleSummary({ metrics }) {
  return { stdout: JSON.stringify({ metrics }) };
}
