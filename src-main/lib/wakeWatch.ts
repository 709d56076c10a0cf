import type { Clock } from './clock.ts';

/** How often to look, in ms. */
const LOOK_MS = 10_000;
/** A look that comes so late, in ms, means that the machine slept, or this process was held. */
const SLEPT_MS = 20_000;

type Parts = { clock: Clock; addresses: () => string; woke: () => void };

/**
 * Tells when the machine woke from sleep, or its network is another one, where the system does not say so by itself.
 * `addresses`: what the machine is reachable under, as text. Answers what ends it.
 */
export const watchForWake = ({ clock, addresses, woke }: Parts): (() => void) => {
  let lookedAt = clock.now();
  let before = addresses();
  const look = (): void => {
    const now = clock.now();
    const present = addresses();
    if (now - lookedAt >= LOOK_MS + SLEPT_MS || present !== before) woke();
    lookedAt = now;
    before = present;
    disarm = clock.after(LOOK_MS, look);
  };
  let disarm = clock.after(LOOK_MS, look);
  return () => disarm();
};
