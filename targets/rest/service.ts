import { createServer } from 'node:http';
import { hostService } from '../domain/host-service.ts';
hostService(async (domain, options) => {
  const server = createServer((q, r) => {
    let body = ''; q.on('data', (c) => (body += c)); q.on('end', () => {
      const b = body ? JSON.parse(body) : {}; const id = String(q.headers['idempotency-key'] ?? ''); const orderId = q.url?.split('/')[3] ?? b.id;
      const req = { action: q.method === 'POST' ? 'place' : q.method === 'GET' ? 'get' : 'cancel', requestId: id, orderId, key: b.key ?? '', payload: b.payload ?? '' } as const;
      const send = (x: any) => { r.statusCode = { created: 201, ok: 200, accepted: 202, notFound: 404, conflict: 409, invalid: 400, unavailable: 503 }[x.code as string] ?? 500; r.end(JSON.stringify(x.order ?? {})); };
      if (q.headers.prefer) send(domain.accept(req)); else domain.handle(req, send);
    });
  });
  await new Promise<void>((ok) => server.listen(options.port, '127.0.0.1', () => ok()));
  return { close: async () => { server.closeAllConnections(); server.close(); } };
});
