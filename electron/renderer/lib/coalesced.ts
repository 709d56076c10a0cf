/**
 * A task that runs once at a time: whoever asks while it runs gets one more run after it, and waits for that. Its failures
 * are the callers'.
 */
export const coalesced = (task: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const start = (): Promise<void> => {
    running = task().finally(() => {
      running = null;
    });
    return running;
  };
  return () => {
    // Between two runs, too: whoever began a third one there would run beside the second.
    if (next) return next;
    if (!running) return start();
    next = running
      .catch(() => undefined)
      .then(() => {
        next = null;
        return start();
      });
    return next;
  };
};
