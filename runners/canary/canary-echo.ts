/**
 * The other end of the canaries, a process of its own: answers each after a millisecond with the clock that all processes
 * of a host share, read just before the answer goes to the kernel. It knows nothing of what it is told but gives it back.
 */
import net from 'node:net';
import { monotonicNowUs } from '../../result/monotonic-clock.ts';
import { answerBytes, type EchoReport, questionBytes } from './canary-wire.ts';

const answerAfterMs = 1;

function serve(socket: net.Socket): void {
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  let rest: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (; rest.length >= questionBytes; rest = rest.subarray(questionBytes)) {
      const answer = Buffer.alloc(answerBytes);
      rest.copy(answer, 0, 0, questionBytes);
      setTimeout(() => {
        answer.writeDoubleLE(monotonicNowUs(), questionBytes);
        socket.write(answer);
      }, answerAfterMs);
    }
  });
}

const server = net.createServer(serve);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as net.AddressInfo;
  process.send?.({ type: 'listening', port } satisfies EchoReport);
});
process.on('disconnect', () => process.exit(0)); // the parent is gone
process.on('SIGINT', () => undefined); // Ctrl-C is the harness's to handle
