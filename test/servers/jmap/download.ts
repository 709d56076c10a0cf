import { leavesOf, partBytes, rawMessage, structureOf } from './mime.ts';
import { type Exchange, send, sendJson } from './reply.ts';
import type { Site } from './site.ts';

const blobOf = (site: Site, blobId: string): Buffer | null => {
  const match = /^G(M[0-9a-f]+)(?:_(\d+))?$/.exec(blobId);
  const email = site.store.emails.get(match?.[1] ?? '');
  if (!email) return null;
  const partId = match?.[2];
  if (partId === undefined) return rawMessage(email);
  const part = leavesOf(structureOf(email)).find((leaf) => leaf.partId === partId);
  return part ? partBytes(part) : null;
};

/** Answers `/jmap/download/{accountId}/{blobId}/{name}?accept={type}` (RFC 8620 section 6.2). */
export const downloadBlob = (site: Site, exchange: Exchange, url: URL): void => {
  const [accountId = '', blobId = ''] = url.pathname.split('/').slice(3).map(decodeURIComponent);
  const known = accountId === site.session.accountId && !site.session.missing;
  const bytes = known ? blobOf(site, blobId) : null;
  if (!bytes) return sendJson(exchange, 404, { status: 404, detail: 'No such blob' }, 'application/problem+json');
  const type = url.searchParams.get('accept') ?? 'application/octet-stream';
  send(exchange, 200, { 'Content-Type': type, 'Cache-Control': 'private, immutable, max-age=31536000' }, bytes);
};
