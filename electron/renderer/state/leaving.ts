import { askShell, isDesktop, onEvent } from './line.ts';
import { attempt } from './toasts.ts';
import { keep, settleFields } from './writing.ts';

/** Whoever leaves the window may not come back to it: what was written is kept at once. */
export const followLeaving = (): void => {
  const leave = (): Promise<boolean> => {
    settleFields();
    return keep();
  };
  addEventListener('pagehide', () => void leave());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') void leave();
  });
  if (isDesktop())
    onEvent(
      'shell.leaving',
      () => void attempt(async () => void (await askShell('shell.left', { kept: await leave() }))),
    );
};
