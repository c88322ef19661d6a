import http from 'k6/http';

const seconds = Number(__ENV.K6_SECONDS);
const connections = Number(__ENV.K6_CONNECTIONS);
const rate = Number(__ENV.K6_RATE);
const body = 'x'.repeat(Number(__ENV.K6_BODY_BYTES));
const parameters = { headers: { 'content-type': 'application/json' }, timeout: '10s' };

export const options = {
  discardResponseBodies: true,
  systemTags: [],
  scenarios: {
    load:
      rate > 0
        ? {
            executor: 'constant-arrival-rate',
            rate,
            duration: `${seconds}s`,
            preAllocatedVUs: connections,
            maxVUs: connections,
          }
        : { executor: 'constant-vus', vus: connections, duration: `${seconds}s` },
  },
};

export default function () {
  http.post(__ENV.K6_URL, body, parameters);
}

export function handleSummary({ metrics }) {
  return { stdout: JSON.stringify({ metrics }) };
}
