import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Failure } from './faults.ts';
import type { LoggedRequest } from './site.ts';

/** One request under way and what its answer goes through. */
export type Exchange = {
  request: IncomingMessage;
  response: ServerResponse;
  logged: LoggedRequest;
  /** Runs just before the first byte of the answer leaves, once. */
  beforeAnswer: () => void;
};

/** Sends an answer whole. */
export const send = (
  { response, beforeAnswer }: Exchange,
  status: number,
  headers: Record<string, string | string[]>,
  body: string | Buffer,
): void => {
  beforeAnswer();
  if (response.destroyed) return;
  // A 204 has no content and no length of it (RFC 9110 section 8.6).
  const length = status === 204 ? {} : { 'Content-Length': Buffer.byteLength(body) };
  response.writeHead(status, { ...length, ...headers });
  response.end(body);
};

/** Sends JSON. */
export const sendJson = (exchange: Exchange, status: number, value: unknown, type = 'application/json'): void =>
  send(exchange, status, { 'Content-Type': type, 'Cache-Control': 'no-store' }, JSON.stringify(value));

/** Refuses who has not signed in (RFC 8620 section 1.7, RFC 9110 section 11.6.1). */
export const sendUnauthorized = (exchange: Exchange): void =>
  send(
    exchange,
    401,
    { 'WWW-Authenticate': ['Basic realm="Tern test server", charset="UTF-8"', 'Bearer realm="Tern test server"'] },
    'Unauthorized',
  );

/** Ends the connection without an answer. */
export const drop = ({ response, beforeAnswer }: Exchange): void => {
  beforeAnswer();
  response.destroy();
};

const plainStatus: Partial<Record<Failure['kind'], number>> = {
  http500: 500,
  http502: 502,
  http503: 503,
  http504: 504,
  http429: 429,
  http404: 404,
};

/** Answers a failure that needs no work to be done; false for one that does. */
export const sendEarlyFailure = (exchange: Exchange, failure: Failure): boolean => {
  const status = plainStatus[failure.kind];
  if (status !== undefined) {
    const retry = failure.retryAfter === null ? {} : { 'Retry-After': String(failure.retryAfter) };
    send(exchange, status, { 'Content-Type': 'text/plain', ...retry }, `Status ${status}`);
    return true;
  }
  if (failure.kind === 'http401') sendUnauthorized(exchange);
  else if (failure.kind === 'dropBefore') drop(exchange);
  else if (failure.kind === 'html') {
    send(exchange, 200, { 'Content-Type': 'text/html' }, '<!doctype html><title>Welcome</title><p>Please sign in.</p>');
  } else if (failure.kind === 'limit') {
    const { limit } = failure;
    const problem = { type: 'urn:ietf:params:jmap:error:limit', status: 400, limit };
    sendJson(exchange, 400, problem, 'application/problem+json');
  } else return false;
  return true;
};

/** Sends an answer that the work was done for, broken in the way that the failure says. */
export const sendBroken = (exchange: Exchange, kind: Failure['kind'] | undefined, value: unknown): void => {
  if (kind !== 'malformed' && kind !== 'truncated' && kind !== 'cutShort' && kind !== 'stall') {
    return kind === 'dropAfter' ? drop(exchange) : sendJson(exchange, 200, value);
  }
  const whole = Buffer.from(JSON.stringify(value));
  const headers = { 'Content-Type': 'application/json' };
  if (kind === 'malformed') return send(exchange, 200, headers, `${whole.subarray(0, -1).toString()},}`);
  const half = whole.subarray(0, whole.length >> 1);
  if (kind === 'truncated') return send(exchange, 200, headers, half);
  exchange.beforeAnswer();
  exchange.response.writeHead(200, { ...headers, 'Content-Length': whole.length });
  exchange.response.write(half, () => kind === 'cutShort' && exchange.response.destroy());
};
