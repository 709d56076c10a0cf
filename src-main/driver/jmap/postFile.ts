import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import { type ClientRequest, type IncomingMessage, request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { Readable } from 'node:stream';
import { openMessage, PIECE, readMessage } from '../messageFile.ts';
import type { MessageFile } from '../outgoing.ts';

/**
 * Sends a file as the body of a request, each piece read from its disk when the one before has gone: `fetch` makes a copy of each,
 * and some 40 MB of those gather before any is given back (measured). The answer may come before all of it was sent. Throws
 * `storage` where the file is not on this disk as it was written, and what the connection says.
 */
export const postFile = async (
  url: URL,
  headers: Record<string, string>,
  file: MessageFile,
  signal: AbortSignal,
): Promise<Response> => {
  const handle = await openMessage(file);
  const options = { method: 'POST', headers: { ...headers, 'Content-Length': file.size }, agent: false, signal };
  const request = (url.protocol === 'https:' ? secure : plain)(url, options);
  // What fails after the answer is told by the answer's own end.
  request.on('error', () => undefined);
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  const send = async (): Promise<void> => {
    try {
      await writeAll(request, handle, file.size);
      request.end();
    } catch (error) {
      request.destroy(error as Error);
    } finally {
      await handle.close();
    }
  };
  send().catch(() => undefined);
  const [answer] = await answered;
  return responseOf(answer, request);
};

const writeAll = async (request: ClientRequest, handle: FileHandle, size: number): Promise<void> => {
  const piece = Buffer.allocUnsafeSlow(Math.min(PIECE, size));
  for (let at = 0; at < size; ) {
    const bytes = await readMessage(handle, at, size, piece.subarray(0, Math.min(PIECE, size - at)));
    await written(request, bytes);
    at += bytes.length;
  }
};

const written = (request: ClientRequest, bytes: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    request.write(bytes, (error) => (error ? reject(error) : resolve()));
  });

/** These have no body (Fetch standard, null body status). */
const BODILESS = new Set([101, 103, 204, 205, 304]);

const responseOf = (answer: IncomingMessage, request: ClientRequest): Response => {
  const headers = new Headers();
  for (const [name, values] of Object.entries(answer.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  // A server that has answered may read no further.
  answer.once('close', () => request.destroy());
  const status = answer.statusCode ?? 0;
  if (!BODILESS.has(status))
    return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, { status, headers });
  answer.resume();
  return new Response(null, { status, headers });
};
