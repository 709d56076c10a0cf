import { open } from 'node:fs/promises';
import type { CallInput, CallName, CallOutput } from '../../src-shared/contract.ts';
import { TernError } from '../../src-shared/errors.ts';
import { type HostCallName, type HostCallOutput, hostCalls, type ParsedHostInput } from '../../src-shared/hostCalls.ts';
import { firstIssue } from '../../src-shared/issue.ts';
import type { Backend } from '../backend.ts';
import { documentFor } from '../html/document.ts';
import { linksOf } from './links.ts';
import { withPictures } from './pictures.ts';
import type { Tickets } from './tickets.ts';

/** Answers what a window asks of its host, from outside: nothing of the input is trusted. */
export type HostAnswers = (name: HostCallName, input: unknown, signal: AbortSignal) => Promise<unknown>;

type Answers = {
  [N in HostCallName]: (input: ParsedHostInput<N>, signal: AbortSignal) => Promise<HostCallOutput<N>>;
};

/** So much of a source is shown, in bytes; all of it can be saved. */
const SHOWN_SOURCE = 512 * 1024;

/** Messages as pages, files as downloads: each under an address of `tickets`. */
export const createHostAnswers = (backend: Backend, tickets: Tickets, where: () => string): HostAnswers => {
  const ask = async <N extends CallName>(
    call: N,
    account: string,
    input: CallInput<N>,
    signal: AbortSignal,
  ): Promise<CallOutput<N>> => (await backend.call({ call, account, input }, signal)) as CallOutput<N>;

  const answers: Answers = {
    'host.info': async () => ({ kind: 'web', where: where() }),
    'host.view': async ({ account, email, part, remoteContent, scheme }, signal) => {
      const which = { email, ...(part === undefined ? {} : { part }) };
      const body = await ask('bodies.get', account, { ...which, remoteContent }, signal);
      const safe = body.html ?? body.textHtml ?? '';
      const html = await withPictures(safe, {
        part: async (name) => (await ask('attachments.read', account, { email, part: name }, signal)).path,
        remote: async (n) => (await ask('bodies.remote', account, { ...which, n }, signal)).path,
      });
      const url = tickets.issue({ kind: 'mail', html: documentFor(html, scheme) });
      const { text, attachments, blockedRemote, isTruncated, signature, message } = body;
      return { text, attachments, blockedRemote, isTruncated, signature, message, url, links: linksOf(safe) };
    },
    'host.file': async ({ account, email, part }, signal) => {
      if (part === null) {
        const { path, size } = await ask('emails.source', account, { email }, signal);
        return { url: tickets.issue({ kind: 'file', path, name: 'message.eml', size }), name: 'message.eml', size };
      }
      const { path, name, size } = await ask('attachments.read', account, { email, part }, signal);
      return { url: tickets.issue({ kind: 'file', path, name, size }), name, size };
    },
    'host.source': async ({ account, email }, signal) => {
      const { path, size } = await ask('emails.source', account, { email }, signal);
      return { text: await beginningOf(path), size, isTruncated: size > SHOWN_SOURCE };
    },
  };
  return async (name, input, signal) => {
    const parsed = hostCalls[name].input.safeParse(input ?? {});
    if (parsed.success) return answers[name](parsed.data as never, signal);
    const { field, message } = firstIssue(parsed.error);
    throw new TernError('invalid', `${field}: ${message}`, { field });
  };
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
