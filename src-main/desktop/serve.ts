import { createReadStream, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { MESSAGE_CSP } from '../html/document.ts';
import { asAttachment, builtType, windowPolicy } from '../web/headers.ts';
import type { Tickets } from '../web/tickets.ts';
import type { Pages } from './pages.ts';

/** The window's policy (CSP 3): its own files, and no network at all. Views of messages are no part of its document. */
export const APP_CSP = windowPolicy("'none'");

const inert = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' };

const nothing = (status: number): Response =>
  new Response(null, { status, headers: { ...inert, 'content-security-policy': "default-src 'none'; sandbox" } });

/** Every built file by the path of its address. What is not listed is not served, so that no path leads elsewhere. */
const builtFiles = (folder: string): Map<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && builtType(entry.name) !== undefined)
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length).replaceAll('\\', '/').replace(/^\/?/, '/'), path]),
  );

type Serve = (request: Pick<Request, 'url' | 'method'>) => Promise<Response>;

/** Answers `tern-app:`: the built page, and downloads that were given out, each once. */
export const serveApp = (folder: string, tickets: Tickets): Serve => {
  const files = builtFiles(folder);
  return async ({ url, method }) => {
    const { host, pathname } = new URL(url);
    if (method !== 'GET' || host !== 'app') return nothing(403);
    const ticketed = tickets.redeem(pathname);
    if (ticketed?.kind === 'file')
      return new Response(Readable.toWeb(createReadStream(ticketed.path)) as ReadableStream, {
        headers: {
          ...inert,
          'content-type': 'application/octet-stream',
          'content-length': String(ticketed.size),
          'content-disposition': asAttachment(ticketed.name),
          'content-security-policy': "default-src 'none'; sandbox",
        },
      });
    const path = files.get(pathname);
    if (path === undefined) return nothing(404);
    const headers = { ...inert, 'content-type': builtType(path) ?? '', 'content-security-policy': APP_CSP };
    return new Response(new Uint8Array(await readFile(path)), { headers });
  };
};

/** Answers `tern-mail:` in the session of one message: what its view may load, and nothing else. */
export const servePages =
  (pages: Pages, closing: AbortSignal): Serve =>
  async ({ url, method }) => {
    const page = method === 'GET' ? await pages(new URL(url).pathname, closing) : null;
    if (!page) return nothing(404);
    return new Response(page.bytes, {
      headers: {
        ...inert,
        'content-type': page.type,
        'content-security-policy': MESSAGE_CSP,
        ...(page.name === undefined ? {} : { 'content-disposition': asAttachment(page.name) }),
      },
    });
  };
