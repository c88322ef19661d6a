import { Agent, request } from 'node:http';
import type { RestRequest, RestTarget } from '../../scenarios/scenario.ts';
import { type Driver, outcomes } from '../driver.ts';
import { compileTemplate } from '../request-template.ts';
export const restDriver: Driver = {
  protocol: 'rest',
  async open(c) {
    const agent = new Agent({ keepAlive: true, maxSockets: (c.target as RestTarget).connections });
    const [host, port] = c.address.split(':');
    const gen = new Map<number, number>();
    const ops = c.operations.map((o) => { const q = o.request as RestRequest; return { q, path: compileTemplate(q.path), body: q.body === undefined ? null : compileTemplate(q.body), headers: Object.entries(q.headers).map(([k, v]) => [k, compileTemplate(v)] as const) }; });
    return {
      start(slot) {
        const call = c.calls[slot]!; const o = ops[call.operation]!; const p = c.payloads[call.operation]?.[call.payload];
        const g = (gen.get(slot) ?? 0) + 1; gen.set(slot, g); const live = () => gen.get(slot) === g;
        const body = o.body?.bytes(call, p);
        const r = request({ agent, host, port, method: o.q.method, path: o.path.text(call), headers: { ...Object.fromEntries(o.headers.map(([k, t]) => [k, t.text(call)])), ...(body && { 'content-length': body.length }) } }, (res) => { res.resume(); res.on('end', () => { if (live()) { gen.set(slot, g + 1); const ok = o.q.expect.status.includes(res.statusCode!); c.sink.completed(slot, ok ? outcomes.ok : outcomes.rejected, ok ? '' : `status ${res.statusCode}`, res.statusCode === 503); } }); });
        r.on('socket', () => { if (live()) c.sink.sent(slot); });
        r.on('error', (e: any) => { if (live()) { gen.set(slot, g + 1); c.sink.completed(slot, outcomes.failed, e.code ?? e.message, true); } });
        r.end(body);
      },
      abort(slot) { gen.set(slot, (gen.get(slot) ?? 0) + 1); },
      completion: (op) => (c.operations[op]!.pattern === 'one-way' ? 'acknowledged' : 'replied'),
      reconnects: () => 0,
      close: async () => agent.destroy(),
    };
  },
};
