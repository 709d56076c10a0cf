import { open } from 'node:fs/promises';
import type { CallInput, CallName, CallOutput } from '../../src-shared/contract.ts';
import type { HostCallOutput, ParsedHostInput } from '../../src-shared/hostCalls.ts';
import { linksOf } from './links.ts';

/** Asks the backend as a window does. */
export type Ask = <N extends CallName>(
  call: N,
  account: string | null,
  input: CallInput<N>,
  signal: AbortSignal,
) => Promise<CallOutput<N>>;

/** What every window is told of a message, and its HTML, made safe. */
type Shown = { safe: string; about: Omit<HostCallOutput<'host.view'>, 'unloaded' | 'url'> };

/** So much of a source is shown, in bytes; all of it can be saved. */
const SHOWN_SOURCE = 512 * 1024;

/** A message as it is to be shown: an email, or with `part` one that is attached to it. */
export const messageOf = async (
  ask: Ask,
  { account, email, part, remoteContent }: ParsedHostInput<'host.view'>,
  signal: AbortSignal,
): Promise<Shown> => {
  const which = { email, remoteContent, ...(part === undefined ? {} : { part }) };
  const body = await ask('bodies.get', account, which, signal);
  const safe = body.html ?? body.textHtml ?? '';
  const { text, attachments, blockedRemote, isTruncated, signature, message } = body;
  return { safe, about: { text, attachments, blockedRemote, isTruncated, signature, message, links: linksOf(safe) } };
};

/** A file of an email: an attachment, or where `part` is null its source. */
export const fileOf = async (
  ask: Ask,
  { account, email, part }: ParsedHostInput<'host.file'>,
  signal: AbortSignal,
): Promise<{ path: string; name: string; size: number }> => {
  if (part !== null) return ask('attachments.read', account, { email, part }, signal);
  return { name: 'message.eml', ...(await ask('emails.source', account, { email }, signal)) };
};

/** The source of an email as text: its beginning, where it is long. */
export const sourceOf = async (
  ask: Ask,
  { account, email }: ParsedHostInput<'host.source'>,
  signal: AbortSignal,
): Promise<HostCallOutput<'host.source'>> => {
  const { path, size } = await ask('emails.source', account, { email }, signal);
  return { text: await beginningOf(path), size, isTruncated: size > SHOWN_SOURCE };
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
