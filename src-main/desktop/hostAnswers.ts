import { open } from 'node:fs/promises';
import type { HostCallName, HostCallOutput, ParsedHostInput } from '../../src-shared/hostCalls.ts';
import { linksOf } from '../web/links.ts';
import type { Tickets } from '../web/tickets.ts';
import { type Ask, documentPage, type Pages, pagesOfEmail } from './pages.ts';

type Parts = {
  ask: Ask;
  /** Shows pages in an isolated view, hidden at first; answers the address by which the window names it. */
  openView: (pages: Pages) => string;
  tickets: Tickets;
  /** Where tickets are redeemed. */
  origin: string;
};

/** What a window asks of its host, input already parsed. */
export type HostAnswers = {
  [N in HostCallName]: (input: ParsedHostInput<N>, signal: AbortSignal) => Promise<HostCallOutput<N>>;
};

/** So much of a source is shown, in bytes; all of it can be saved. */
const SHOWN_SOURCE = 512 * 1024;

/** A file of an email: an attachment, or where `part` is null its source. */
export const fileOf = async (
  ask: Ask,
  { account, email, part }: ParsedHostInput<'host.file'>,
  signal: AbortSignal,
): Promise<{ path: string; name: string; size: number }> => {
  if (part !== null) return ask('attachments.read', account, { email, part }, signal);
  return { name: 'message.eml', ...(await ask('emails.source', account, { email }, signal)) };
};

const beginningOf = async (path: string): Promise<string> => {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SHOWN_SOURCE), 0, SHOWN_SOURCE, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
};

/** Answers what every window asks of its host, by isolated views and downloads that are given out once. */
export const createHostAnswers = ({ ask, openView, tickets, origin }: Parts): HostAnswers => ({
  'host.info': async () => ({ kind: 'electron', where: '' }),
  'host.view': async ({ account, email, part, remoteContent, scheme }, signal) => {
    const which = { email, remoteContent, ...(part === undefined ? {} : { part }) };
    const body = await ask('bodies.get', account, which, signal);
    const safe = body.html ?? body.textHtml ?? '';
    const pages = pagesOfEmail(ask, { account, email, part, remoteContent }, documentPage(safe, scheme));
    const { text, attachments, blockedRemote, isTruncated, signature, message } = body;
    return {
      text,
      attachments,
      blockedRemote,
      isTruncated,
      signature,
      message,
      url: openView(pages),
      links: linksOf(safe),
    };
  },
  'host.file': async (which, signal) => {
    const { path, name, size } = await fileOf(ask, which, signal);
    return { url: origin + tickets.issue({ kind: 'file', path, name, size }), name, size };
  },
  'host.source': async ({ account, email }, signal) => {
    const { path, size } = await ask('emails.source', account, { email }, signal);
    return { text: await beginningOf(path), size, isTruncated: size > SHOWN_SOURCE };
  },
});
