import { TernError } from '../../src-shared/errors.ts';
import { hostCalls } from '../../src-shared/hostCalls.ts';
import { parseInput } from '../../src-shared/issue.ts';
import type { Link } from '../../src-shared/linkWarnings.ts';
import {
  type ParsedShellInput,
  type ShellCallName,
  type ShellCallOutput,
  shellCalls,
} from '../../src-shared/shellCalls.ts';
import type { FileHandles } from '../lib/fileHandles.ts';
import { type Ask, fileOf } from '../web/emailAnswers.ts';
import type { Tickets } from '../web/tickets.ts';
import { createHostAnswers } from './hostAnswers.ts';
import type { Pages } from './pages.ts';
import type { Secrets } from './secrets.ts';
import type { ShellState } from './shellState.ts';

/** A message in a view of its own, over the window; bounds are in its CSS pixels, and null hides it. */
export type MessageView = {
  url: string;
  place: (bounds: { x: number; y: number; width: number; height: number } | null) => void;
  print: () => void;
  close: () => void;
};

type Parts = {
  ask: Ask;
  openView: (pages: Pages, links: readonly Link[]) => MessageView;
  files: FileHandles;
  tickets: Tickets;
  /** Where tickets are redeemed. */
  origin: string;
  state: ShellState;
  secrets: Secrets;
  /** Lets the person choose files; answers their paths. */
  pick: () => Promise<string[]>;
  /** The drag that began goes on with this file. */
  drag: (path: string) => void;
  /** Makes Tern the program for `mailto:`; whether the system lets it. */
  becomeDefault: () => boolean;
  /** The page listens: what waited for it is told. */
  ready: () => void;
  /** Settings of the shell are others. */
  apply: () => void;
  follow: (url: string) => void;
  /** The page has kept what was being written, before it goes, or could not. */
  left: (kept: boolean) => void;
  /** A picture from elsewhere could not be had for the view of this address. */
  unloaded: (url: string) => void;
};

type ShellAnswers = {
  [N in ShellCallName]: (input: ParsedShellInput<N>, signal: AbortSignal) => Promise<ShellCallOutput<N>>;
};

/** So many messages are open at once, in views: the oldest is closed. */
const MOST_VIEWS = 30;

/** The views of the page that is loaded. */
const createViews = () => {
  const views = new Map<string, MessageView>();
  const close = (url: string): void => {
    views.get(url)?.close();
    views.delete(url);
  };
  return {
    add: (view: MessageView): string => {
      views.set(view.url, view);
      const [oldest] = views.keys();
      if (views.size > MOST_VIEWS && oldest !== undefined) close(oldest);
      return view.url;
    },
    get: (url: string): MessageView => {
      const view = views.get(url);
      if (!view) throw new TernError('notFound', 'no such view', { field: 'url' });
      return view;
    },
    close,
    closeAll: (): void => [...views.keys()].forEach(close),
  };
};

const shellAnswers = (parts: Parts, views: ReturnType<typeof createViews>): ShellAnswers => ({
  'shell.ready': async () => {
    views.closeAll();
    parts.ready();
    return { settings: parts.state.now().settings, weakSecrets: await parts.secrets.isWeak() };
  },
  'shell.set': async (patch) => {
    const { settings } = parts.state.now();
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    parts.state.change({ settings: { ...settings, ...given } });
    parts.apply();
    return parts.state.now().settings;
  },
  'shell.place': async ({ url, bounds }) => {
    views.get(url).place(bounds);
    return {};
  },
  'shell.close': async ({ url }) => {
    views.close(url);
    return {};
  },
  'shell.print': async ({ url }) => {
    views.get(url).print();
    return {};
  },
  'shell.pick': async () => ({ files: parts.files.give(await parts.pick()) }),
  'shell.drop': async ({ paths }) => ({ files: parts.files.give(paths) }),
  'shell.drag': async (which, signal) => {
    parts.drag((await fileOf(parts.ask, which, signal)).path);
    return {};
  },
  'shell.default': async () => ({ done: parts.becomeDefault() }),
  'shell.left': async ({ kept }) => {
    parts.left(kept);
    return {};
  },
  'shell.link': async ({ url }) => {
    parts.follow(url);
    return {};
  },
});

/** Answers what the window asks of the shell itself; undefined for a name that is none of that. Throws `invalid`. */
export const createAnswers = (parts: Parts) => {
  const views = createViews();
  const openView = (pages: Pages, links: readonly Link[]): string => views.add(parts.openView(pages, links));
  const specs = { ...hostCalls, ...shellCalls };
  const answers = { ...createHostAnswers({ ...parts, openView }), ...shellAnswers(parts, views) };
  return (name: string, input: unknown, signal: AbortSignal): Promise<unknown> | undefined => {
    if (!Object.hasOwn(specs, name)) return undefined;
    const parsed = parseInput(specs[name as keyof typeof specs].input, input ?? {});
    return answers[name as keyof typeof answers](parsed as never, signal);
  };
};
