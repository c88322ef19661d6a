/** How the REST service says no. */
import type { FastifyReply } from 'fastify';
import { firstVersion } from '../../scenarios/api-versions.ts';
import { failedCallsText, type OrderReply, type OrderRequest } from '../domain/orders.ts';
import { entityTag } from './entity-tag.ts';
import { type ProblemCode, problemDetails, problems, problemType } from './problem.ts';

export function sendRefusal(
  reply: FastifyReply,
  { code, order, why, failedCalls }: OrderReply,
  asked: OrderRequest,
): FastifyReply {
  reply.removeHeader('location');
  switch (code) {
    case 'notFound':
      return sendProblem(reply, code, `There is no order ${asked.orderId}.`);
    case 'conflict':
      if (order !== null && asked.ifVersions?.includes(order.version) === false) {
        reply.header('etag', entityTag(order.version));
        return sendProblem(reply, 'versionChanged', `Order ${asked.orderId} has version ${order.version}.`);
      }
      return sendProblem(reply, code, `Order ${asked.orderId} is already cancelled.`);
    case 'retired':
      return sendProblem(reply, code, `Version ${asked.version ?? firstVersion} is gone.`);
    case 'unavailable':
      if (why !== undefined) return sendProblem(reply, 'notKept', `The order service can’t keep it: ${why}.`);
      if (failedCalls !== undefined) {
        return sendProblem(reply, 'callFailed', `The order service ${failedCallsText(failedCalls)}.`);
      }
      return sendProblem(reply, code, 'The order service takes no more at the moment.');
    default:
      return sendProblem(reply, 'invalidOrder', 'An order needs an id.');
  }
}

export function sendProblem(
  reply: FastifyReply,
  code: ProblemCode,
  detail: string,
  status: number = problems[code],
): FastifyReply {
  return reply
    .code(status)
    .type(problemType)
    .send(problemDetails(code, detail, status));
}
