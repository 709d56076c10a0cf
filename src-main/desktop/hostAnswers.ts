import type { HostCallName, HostCallOutput, ParsedHostInput } from '../../src-shared/hostCalls.ts';
import type { Link } from '../../src-shared/linkWarnings.ts';
import { type Ask, fileOf, messageOf, sourceOf } from '../web/emailAnswers.ts';
import type { Tickets } from '../web/tickets.ts';
import { documentPage, type Pages, pagesOfEmail } from './pages.ts';

type Parts = {
  ask: Ask;
  /** Shows pages with these links in an isolated view, hidden at first; answers the address by which the window names it. */
  openView: (pages: Pages, links: readonly Link[]) => string;
  /** A picture from elsewhere could not be had for the view of this address. */
  unloaded: (url: string) => void;
  tickets: Tickets;
  /** Where tickets are redeemed. */
  origin: string;
};

/** What a window asks of its host, input already parsed. */
export type HostAnswers = {
  [N in HostCallName]: (input: ParsedHostInput<N>, signal: AbortSignal) => Promise<HostCallOutput<N>>;
};

/** Answers what every window asks of its host, by isolated views and downloads that are given out once. */
export const createHostAnswers = ({ ask, openView, unloaded, tickets, origin }: Parts): HostAnswers => ({
  'host.info': async () => ({ kind: 'electron', where: '' }),
  'host.view': async (which, signal) => {
    const { safe, about } = await messageOf(ask, which, signal);
    const pages = pagesOfEmail(ask, which, documentPage(safe, which.scheme), () => unloaded(url));
    const url: string = openView(pages, about.links);
    return { ...about, unloaded: 0, url };
  },
  'host.file': async (which, signal) => {
    const { path, name, size } = await fileOf(ask, which, signal);
    return { url: origin + tickets.issue({ kind: 'file', path, name, size }), name, size };
  },
  'host.source': (which, signal) => sourceOf(ask, which, signal),
});
