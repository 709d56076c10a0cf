import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Exchange, sendJson } from './reply.ts';
import type { Site } from './site.ts';

const readBytes = async (request: IncomingMessage, most: number): Promise<{ bytes: Buffer | null; length: number }> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length <= most) chunks.push(chunk);
  }
  return { bytes: length <= most ? Buffer.concat(chunks) : null, length };
};

/** Keeps what was posted to `/jmap/upload/{accountId}/`, and answers it with its blob (RFC 8620 section 6.1). */
export const takeUpload = async (site: Site, exchange: Exchange, url: URL): Promise<(() => void) | null> => {
  const { request, logged } = exchange;
  const { bytes, length } = await readBytes(request, site.limits.maxSizeUpload);
  logged.bytes = length;
  const [accountId = ''] = url.pathname.split('/').slice(3).map(decodeURIComponent);
  const type = request.headers['content-type'] ?? 'application/octet-stream';
  if (accountId !== site.session.accountId || site.session.missing) {
    sendJson(exchange, 404, { status: 404, detail: 'No such account' }, 'application/problem+json');
    return null;
  }
  if (!bytes) {
    const problem = { type: 'urn:ietf:params:jmap:error:limit', status: 413, limit: 'maxSizeUpload' };
    sendJson(exchange, 413, problem, 'application/problem+json');
    return null;
  }
  const blobId = `G${createHash('sha1').update(bytes).digest('hex')}`;
  site.outgoing.blobs.set(blobId, bytes);
  return () => sendJson(exchange, 201, { accountId, blobId, type, size: bytes.length });
};
