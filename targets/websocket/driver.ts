import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { BenchError, exitCodes } from '../../result/bench-error.ts';
import type { WebSocketRequest, WebSocketTarget } from '../../scenarios/scenario.ts';
import { isAccepted } from '../domain/order-message.ts';
import { type Driver, outcomes, type Session } from '../driver.ts';
import { compileTemplate } from '../request-template.ts';
export const websocketDriver: Driver = {
  protocol: 'websocket',
  async open(c, signal) {
    const target = c.target as WebSocketTarget;
    const url = new URL(target.address ?? `ws://${c.address}`); url.host = c.address;
    const ops = c.operations.map((o) => ({ message: compileTemplate((o.request as WebSocketRequest).message), replyId: (o.request as WebSocketRequest).replyId }));
    const byId = new Map<string, number>(); const idOf: string[] = []; const connOf = new Int32Array(c.calls.length).fill(-1);
    const n = Math.max(1, Math.floor(target.connections / c.workers)); let closed = false, reconnects = 0, next = 0;
    const sockets: (WebSocket | null)[] = new Array(n).fill(null);
    const end = (slot: number, outcome: 0 | 1 | 2, reason: string, retry: boolean) => { byId.delete(idOf[slot] ?? ''); connOf[slot] = -1; c.sink.completed(slot, outcome, reason, retry); };
    const connect = (i: number) => new Promise<void>((ok, no) => {
      const s = new WebSocket(url.href, { perMessageDeflate: false, handshakeTimeout: 5000 });
      s.once('open', () => { sockets[i] = s; ok(); });
      s.on('error', no);
      s.on('message', (data) => { let m: any; try { m = JSON.parse(String(data)); } catch { return; } const slot = byId.get(String(m.id)); if (slot === undefined) return; if (typeof m.code === 'string' && !isAccepted(m.code)) end(slot, outcomes.rejected, `reply ${m.code}`, m.code === 'unavailable'); else end(slot, outcomes.ok, '', false); });
      s.on('close', async () => { if (sockets[i] !== s) return; sockets[i] = null; for (let k = 0; k < connOf.length; k++) if (connOf[k] === i) end(k, outcomes.failed, 'connection closed', true); for (let w = 50; !closed; w = Math.min(1000, w * 2)) { await sleep(w); if (closed) return; try { await connect(i); reconnects++; return; } catch { } } });
    });
    try { signal.throwIfAborted(); await Promise.all(sockets.map((_, i) => connect(i))); } catch (cause) { throw new BenchError('cannotConnect', `WebSocket at ${c.address}: ${String((cause as Error).message)}`, { exitCode: exitCodes.stack, cause }); }
    const session: Session = {
      start(slot) { const call = c.calls[slot]!; const o = ops[call.operation]!; let i = -1; for (let k = 0; k < n; k++) { const j = next++ % n; if (sockets[j]) { i = j; break; } } if (i < 0) { queueMicrotask(() => c.sink.completed(slot, outcomes.failed, 'no connection', true)); return; } idOf[slot] = call.id; byId.set(call.id, slot); connOf[slot] = i; c.sink.sent(slot); sockets[i]!.send(o.message.text(call, c.payloads[call.operation]?.[call.payload])); },
      abort(slot) { byId.delete(idOf[slot] ?? ''); connOf[slot] = -1; },
      completion: (op) => (c.operations[op]!.pattern === 'one-way' ? 'acknowledged' : 'replied'),
      reconnects: () => reconnects,
      close: async () => { closed = true; for (const s of sockets) s?.terminate(); },
    };
    return session;
  },
};
