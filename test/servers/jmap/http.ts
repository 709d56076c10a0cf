import { createServer, type IncomingMessage, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { letsIn } from '../oauth/tokenCheck.ts';
import { answerRequest, isProblem, parseRequest, problem } from './api.ts';
import { downloadBlob } from './download.ts';
import type { EventSources } from './eventSource.ts';
import { type ApiRequest, type Endpoint, takeFailure } from './faults.ts';
import { createMethods, type Method } from './methods.ts';
import { drop, type Exchange, send, sendBroken, sendEarlyFailure, sendJson, sendUnauthorized } from './reply.ts';
import { type LoggedRequest, type Site, sessionObject } from './site.ts';
import { takeUpload } from './upload.ts';

const sessionPath = '/jmap/session';
const eventsPath = '/jmap/eventsource/';
const wellKnownPath = '/.well-known/jmap';

const resourcePath = '/.well-known/oauth-protected-resource';

const isSignedIn = async ({ signIn }: Site, header: string | undefined): Promise<boolean> => {
  const [scheme = '', value = ''] = (header ?? '').split(' ');
  if (/^bearer$/i.test(scheme)) return letsIn(signIn, null, value);
  const basic = Buffer.from(`${signIn.username}:${signIn.password}`).toString('base64');
  return /^basic$/i.test(scheme) && value === basic;
};

/** The body as text; null where it is larger than `max` octets, in which case it is read and thrown away. */
const readBody = async (request: IncomingMessage, max: number): Promise<{ text: string | null; bytes: number }> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes <= max) chunks.push(chunk);
  }
  return { text: bytes <= max ? Buffer.concat(chunks).toString() : null, bytes };
};

const sendProblem = (exchange: Exchange, type: string, limit: string): void =>
  sendJson(exchange, 400, problem(type, { limit }), 'application/problem+json');

const logCalls = (logged: LoggedRequest, { methodCalls }: ApiRequest): void => {
  logged.methods = methodCalls.map(([name]) => name);
  for (const [call, [method, args]] of methodCalls.entries()) {
    if (method.endsWith('/set')) logged.sets.push({ method, args, call, carriedOut: false });
  }
};

const answerApi = async (site: Site, methods: ReadonlyMap<string, Method>, exchange: Exchange): Promise<void> => {
  const { traffic, limits, faults } = site;
  const tooMany = traffic.inFlight > limits.maxConcurrentRequests;
  const body = await readBody(exchange.request, limits.maxSizeRequest);
  exchange.logged.bytes = body.bytes;
  const parsed =
    body.text === null ? null : parseRequest(site, exchange.request.headers['content-type'] ?? '', body.text);
  const request = parsed && !isProblem(parsed) ? parsed : null;
  if (request) logCalls(exchange.logged, request);
  const failure = takeFailure(faults, 'api', request);
  if (faults.hung) await faults.hung.promise;
  if (failure && sendEarlyFailure(exchange, failure)) return;
  if (tooMany) return sendProblem(exchange, 'limit', 'maxConcurrentRequests');
  if (!parsed) return sendProblem(exchange, 'limit', 'maxSizeRequest');
  if (isProblem(parsed)) return sendJson(exchange, parsed.status, parsed, 'application/problem+json');
  const failAll = failure?.kind === 'serverFail' || failure?.kind === 'serverUnavailable' ? failure.kind : null;
  const response = answerRequest(site, methods, parsed, exchange.logged.sets, failAll);
  await faults.hook?.(parsed, response);
  if (faults.slowMs > 0) await sleep(faults.slowMs);
  sendBroken(exchange, failure?.kind, response);
};

const endpointOf = (site: Site, path: string): Endpoint | null => {
  if (path === site.session.apiPath) return 'api';
  if (path === sessionPath || path === wellKnownPath) return 'session';
  if (path.startsWith('/jmap/upload/')) return 'upload';
  return path.startsWith('/jmap/download/') ? 'download' : null;
};

/** Takes an upload, or fails as a test wants: a connection that drops before reads nothing, one after has kept it. */
const answerUpload = async (site: Site, exchange: Exchange, url: URL): Promise<void> => {
  const failure = takeFailure(site.faults, 'upload', null);
  if (failure && sendEarlyFailure(exchange, failure)) return;
  const reply = await takeUpload(site, exchange, url);
  if (failure) return drop(exchange);
  reply?.();
};

/** Answers for the session, the redirect to it, and downloads. */
const answerOther = async (site: Site, exchange: Exchange, endpoint: Endpoint, url: URL): Promise<void> => {
  const { session, faults } = site;
  exchange.request.resume();
  if (faults.hung) await faults.hung.promise;
  const target = session.redirect ?? { url: sessionPath, status: 301 };
  const leads = new URL(target.url, url).href !== new URL(sessionPath, url).href;
  if (url.pathname === wellKnownPath || (endpoint === 'session' && leads)) {
    return send(exchange, target.status, { Location: target.url }, '');
  }
  if (!(await isSignedIn(site, exchange.request.headers.authorization))) return sendUnauthorized(exchange);
  const failure = takeFailure(faults, endpoint, null);
  if (failure && sendEarlyFailure(exchange, failure)) return;
  if (faults.slowMs > 0) await sleep(faults.slowMs);
  if (endpoint === 'session') return sendBroken(exchange, failure?.kind, sessionObject(site));
  if (failure) return drop(exchange);
  downloadBlob(site, exchange, url);
};

const startExchange = (site: Site, exchange: Exchange): void => {
  const { traffic } = site;
  let running = true;
  traffic.inFlight++;
  traffic.maxInFlight = Math.max(traffic.maxInFlight, traffic.inFlight);
  const end = () => {
    if (running) traffic.inFlight--;
    running = false;
  };
  exchange.beforeAnswer = end;
  exchange.response.once('close', end);
};

const answer = async (
  site: Site,
  methods: ReadonlyMap<string, Method>,
  events: EventSources,
  exchange: Exchange,
): Promise<void> => {
  const { request } = exchange;
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`);
  const endpoint = endpointOf(site, url.pathname);
  if (!endpoint) {
    request.resume();
    if (url.pathname === resourcePath && site.issuer !== null)
      return sendJson(exchange, 200, { resource: `${url.origin}/`, authorization_servers: [site.issuer] });
    if (url.pathname.startsWith(eventsPath)) {
      if (!(await isSignedIn(site, request.headers.authorization))) return sendUnauthorized(exchange);
      return events.answer(exchange, url);
    }
    return send(exchange, 404, {}, 'Not found');
  }
  if (endpoint !== 'api' && endpoint !== 'upload') return answerOther(site, exchange, endpoint, url);
  if (!(await isSignedIn(site, request.headers.authorization))) {
    request.resume();
    return sendUnauthorized(exchange);
  }
  if (request.method !== 'POST') {
    request.resume();
    return send(exchange, 405, { Allow: 'POST' }, 'Method not allowed');
  }
  if (endpoint === 'upload') return answerUpload(site, exchange, url);
  startExchange(site, exchange);
  return answerApi(site, methods, exchange);
};

/** An HTTP server for a site, not yet listening (RFC 8620 sections 2.2 and 3.1). */
export const createHttp = (site: Site, events: EventSources): Server => {
  const methods = createMethods();
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const logged: LoggedRequest = { path: request.url ?? '', methods: [], bytes: 0, sets: [] };
    // Those have a log of their own: they end when they will, not when they are answered.
    if (!logged.path.startsWith(eventsPath)) site.traffic.requests.push(logged);
    const exchange: Exchange = { request, response, logged, beforeAnswer: () => {} };
    answer(site, methods, events, exchange).catch((thrown: unknown) => {
      // A client that leaves is no failure of the server; anything else must not pass unseen in a test.
      if (!request.destroyed && !response.destroyed) console.error('JMAP test server:', thrown);
      drop(exchange);
    });
  });
  return server;
};
