/** How clients of own HTTP systems call themselves. */
import type { Request, RestRequest, Target } from '../../scenarios/scenario.ts';

/** A request's own header of that name wins. */
export function withUserAgent(target: Target, request: Request): Request {
  if (target.protocol !== 'rest' || target.userAgent === undefined) return request;
  const rest = request as RestRequest;
  if (Object.keys(rest.headers).some((name) => name.toLowerCase() === 'user-agent')) return request;
  return { ...rest, headers: { ...rest.headers, 'user-agent': target.userAgent } };
}
