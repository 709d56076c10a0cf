import { readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { WebPolicy } from '../../src-main/driver/web.ts';
import { makeCertificate } from '../servers/certificates.ts';
import { freePort } from '../servers/freePort.ts';
import { listening } from './listening.ts';
import { temporaryFolder } from './storeProcess.ts';

type Asked = { method: string | undefined; url: string | undefined; headers: IncomingMessage['headers']; body: string };

/** An https server of lists.example, where every address of the internet of `policy` leads. */
export const listServer = async (t: TestContext, answer: RequestListener, isTrusted = true) => {
  const folder = temporaryFolder(t);
  const ca = makeCertificate(folder, 'valid', ['lists.example']);
  const usual = getCACertificates('default');
  if (isTrusted) setDefaultCACertificates([...usual, ca]);
  t.after(() => setDefaultCACertificates(usual));
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => readFileSync(join(folder, name)));
  const asked: Asked[] = [];
  const server = createServer({ cert, key }, (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { method, url, headers } = request;
      asked.push({ method, url, headers, body: Buffer.concat(pieces).toString() });
      answer(request, response);
    });
  });
  const port = await listening(t, server);
  const policy: WebPolicy = {
    resolve: async () => ['127.0.0.1'],
    isAllowed: () => true,
    ports: { 'http:': await freePort(), 'https:': port },
  };
  return { asked, policy };
};
