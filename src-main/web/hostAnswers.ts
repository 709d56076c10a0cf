import type { CallOutput } from '../../src-shared/contract.ts';
import { type HostCallName, type HostCallOutput, hostCalls, type ParsedHostInput } from '../../src-shared/hostCalls.ts';
import { parseInput } from '../../src-shared/issue.ts';
import type { Backend } from '../backend.ts';
import { documentFor } from '../html/document.ts';
import { type Ask, fileOf, messageOf, sourceOf } from './emailAnswers.ts';
import type { LinkBook } from './linkBook.ts';
import { withPictures } from './pictures.ts';
import type { Tickets } from './tickets.ts';

/** Answers what a window asks of its host, from outside: nothing of the input is trusted. */
export type HostAnswers = (name: HostCallName, input: unknown, signal: AbortSignal) => Promise<unknown>;

type Answers = {
  [N in HostCallName]: (input: ParsedHostInput<N>, signal: AbortSignal) => Promise<HostCallOutput<N>>;
};

/** Messages as pages, files as downloads: each under an address of `tickets`, links of messages under those of `links`. */
export const createHostAnswers = (
  backend: Backend,
  tickets: Tickets,
  links: LinkBook,
  where: () => string,
): HostAnswers => {
  const ask: Ask = async (call, account, input, signal) =>
    (await backend.call({ call, account, input }, signal)) as CallOutput<typeof call>;

  const answers: Answers = {
    'host.info': async () => ({ kind: 'web', where: where() }),
    'host.view': async (which, signal) => {
      const { account, email, part, scheme } = which;
      const { safe, about } = await messageOf(ask, which, signal);
      const { html, unloaded } = await withPictures(safe, {
        part: async (name) => (await ask('attachments.read', account, { email, part: name }, signal)).path,
        remote: async (n) => {
          const picture = { email, n, ...(part === undefined ? {} : { part }) };
          return (await ask('bodies.remote', account, picture, signal)).path;
        },
      });
      return { ...about, unloaded, url: tickets.issue({ kind: 'mail', html: documentFor(links.bind(html), scheme) }) };
    },
    'host.file': async (which, signal) => {
      const { path, name, size } = await fileOf(ask, which, signal);
      return { url: tickets.issue({ kind: 'file', path, name, size }), name, size };
    },
    'host.source': (which, signal) => sourceOf(ask, which, signal),
  };
  return async (name, input, signal) => answers[name](parseInput(hostCalls[name].input, input ?? {}) as never, signal);
};
