import type { ShellEvents } from '../../src-shared/shellCalls.ts';

/** Tells the window. What is the shell's own waits until there is a page that listens. */
export type WindowLine = {
  event: (name: string, account: string | null, data: unknown) => void;
  tell: <N extends keyof ShellEvents>(name: N, data: ShellEvents[N]) => void;
  /** There is a new page: it listens from `resume` on. */
  pause: () => void;
  resume: () => void;
  /** Whether there is a page that listens. */
  isHeard: () => boolean;
};

/** A line to the window of the moment; `send` does nothing while there is none. */
export const createLine = (
  send: (line: { event: string; account: string | null; data: unknown }) => void,
): WindowLine => {
  let waiting: (() => void)[] | null = [];
  const event: WindowLine['event'] = (name, account, data) => send({ event: name, account, data });
  return {
    event,
    tell: (name, data) => {
      const later = (): void => event(name, null, data);
      if (waiting) waiting.push(later);
      else later();
    },
    isHeard: () => waiting === null,
    pause: () => {
      waiting ??= [];
    },
    resume: () => {
      const held = waiting ?? [];
      waiting = null;
      for (const tell of held) tell();
    },
  };
};
