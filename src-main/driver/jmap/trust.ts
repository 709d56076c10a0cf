import type { Clock } from '../../lib/clock.ts';

/** Whether a server that pushes can be relied on to tell of everything (docs/sync.md J7). */
export type Trust = {
  opened(): void;
  lost(): void;
  /** It said that it is there, and how often it will. */
  pinged(): void;
  /** It told of a change. */
  told(): void;
  pulling(): void;
  /** A pull is over; `news`: it brought something that a server which pushes has to tell of. */
  pulled(news: boolean): void;
  holds(): boolean;
};

/** A server that left something untold is not relied on for so long, in ms. */
const DEMOTED_MS = 60 * 60_000;
/** It may tell later than a pull finds out, by so much, in ms. */
const GRACE_MS = 10_000;

/** Trust in a server that has not shown anything yet. */
export const createTrust = (clock: Clock): Trust => {
  let isOpen = false;
  let hasPinged = false;
  /** Everything from before the connection was opened was pulled since. */
  let inStep = false;
  let pullSawOpening = false;
  let toldSince = false;
  let toldBefore = false;
  /** When something was pulled that nobody had told of. */
  let untoldSince: number | null = null;
  let demotedUntil = 0;
  const judge = (): void => {
    if (untoldSince === null || clock.monotonic() - untoldSince < GRACE_MS) return;
    untoldSince = null;
    demotedUntil = clock.monotonic() + DEMOTED_MS;
  };
  return {
    opened: () => {
      isOpen = true;
      hasPinged = inStep = pullSawOpening = false;
      untoldSince = null;
    },
    lost: () => {
      isOpen = false;
    },
    pinged: () => {
      hasPinged = true;
    },
    told: () => {
      toldSince = true;
      untoldSince = null;
    },
    pulling: () => {
      judge();
      pullSawOpening = isOpen;
      toldBefore = toldSince;
      toldSince = false;
    },
    pulled: (news) => {
      // Only what happened while the connection stood had to be told.
      if (news && isOpen && inStep && !toldBefore && !toldSince) untoldSince ??= clock.monotonic();
      inStep ||= isOpen && pullSawOpening;
    },
    holds: () => {
      judge();
      return isOpen && hasPinged && inStep && clock.monotonic() >= demotedUntil;
    },
  };
};
