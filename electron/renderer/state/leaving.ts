import { keep, settleFields } from './writing.ts';

/** Whoever leaves the window may not come back to it: what was written is kept at once. */
export const followLeaving = (): void => {
  const leave = (): void => {
    settleFields();
    void keep();
  };
  addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') leave();
  });
};
