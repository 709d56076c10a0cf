/** What the postman does just now: one thing at a time, which can be cut off, also while it waits for a connection. */
type PostJob = {
  /** Submissions that nothing is to be done for. */
  readonly held: readonly number[];
  /** The submission that something is done for over a connection. */
  underWay(): number | null;
  /** Resolves when nothing is done for a submission, or not any more. */
  over(submission: number): Promise<void>;
  /** Does `act`, for a submission or for none; `begun`: there is a connection. */
  run<T>(
    submission: number | null,
    signal: AbortSignal,
    act: (begun: () => void, signal: AbortSignal) => Promise<T>,
  ): Promise<T>;
  /** Cuts off what is done for a submission, and keeps it as it is until `act` is over. */
  hold<T>(submission: number, act: () => Promise<T>): Promise<T>;
};

type Job = { submission: number | null; control: AbortController; done: Promise<void>; isConnected: boolean };

/** Nothing is done yet. */
export const createPostJob = (): PostJob => {
  let job: Job | null = null;
  const held: number[] = [];
  return {
    held,
    underWay: () => (job?.isConnected ? job.submission : null),
    over: async (submission) => (job?.submission === submission ? job.done : undefined),
    run: async (submission, ending, act) => {
      const over = Promise.withResolvers<void>();
      const mine: Job = { submission, control: new AbortController(), done: over.promise, isConnected: false };
      const begun = (): void => {
        mine.isConnected = true;
      };
      job = mine;
      try {
        return await act(begun, AbortSignal.any([mine.control.signal, ending]));
      } finally {
        job = null;
        over.resolve();
      }
    },
    hold: async (submission, act) => {
      held.push(submission);
      try {
        if (job?.submission === submission) {
          job.control.abort();
          await job.done;
        }
        return await act();
      } finally {
        held.splice(held.indexOf(submission), 1);
      }
    },
  };
};
