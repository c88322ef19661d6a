import { Client, credentials, Metadata, status as codes } from '@grpc/grpc-js';
import { loadSync, type MethodDefinition } from '@grpc/proto-loader';
import type { GrpcRequest, GrpcTarget } from '../../scenarios/scenario.ts';
import { type Driver, outcomes } from '../driver.ts';
import { compileTemplate } from '../request-template.ts';
export const grpcDriver: Driver = {
  protocol: 'grpc',
  async open(c) {
    const t = c.target as GrpcTarget; const def = loadSync(t.proto!, { keepCase: true });
    const n = Math.max(1, Math.floor(t.connections / c.workers));
    const clients = Array.from({ length: n }, () => new Client(c.address, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 }));
    await Promise.all(clients.map((x) => new Promise<void>((ok, no) => x.waitForReady(Date.now() + 5000, (e) => (e ? no(e) : ok())))));
    const ops = c.operations.map((o) => { const r = o.request as GrpcRequest; const [s, m] = r.method.split('/'); const d = (def[s!] as any)[m!] as MethodDefinition<object, object>; return { d, fields: Object.entries(r.message).map(([k, v]) => [k, compileTemplate(String(v))] as const) }; });
    const gen = new Uint32Array(c.calls.length); const calls: any[] = []; let next = 0;
    const bad = new Set([14, 8, 10]);
    return {
      start(slot) {
        const call = c.calls[slot]!; const o = ops[call.operation]!; const p = c.payloads[call.operation]?.[call.payload]; const g = ++gen[slot]!;
        const message = Object.fromEntries(o.fields.map(([k, x]) => [k, x.text(call, p)]));
        const done = (e: any) => { if (gen[slot] !== g) return; gen[slot]!++; if (!e) c.sink.completed(slot, outcomes.ok, '', false); else { const transport = e.code === 14 && /connect|drop|reset|close/i.test(e.details); c.sink.completed(slot, transport ? outcomes.failed : outcomes.rejected, `grpc ${codes[e.code]}`, bad.has(e.code)); } };
        c.sink.sent(slot); const client = clients[next++ % n]!;
        if (o.d.requestStream) { const s = client.makeClientStreamRequest(o.d.path, o.d.requestSerialize as any, o.d.responseDeserialize as any, new Metadata(), done); s.write(message); s.end(); calls[slot] = s; }
        else calls[slot] = client.makeUnaryRequest(o.d.path, o.d.requestSerialize as any, o.d.responseDeserialize as any, message, new Metadata(), done);
      },
      abort(slot) { gen[slot]!++; calls[slot]?.cancel(); },
      completion: (op) => (c.operations[op]!.pattern === 'one-way' ? 'acknowledged' : 'replied'),
      reconnects: () => 0,
      close: async () => { for (const x of clients) x.close(); },
    };
  },
};
