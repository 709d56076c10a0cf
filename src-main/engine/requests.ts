import type { WireError } from '../../src-shared/errors.ts';
import type { Trigger } from '../../src-shared/model.ts';

export type SyncResult = { result: 'ok' | 'error'; error?: WireError };

type Done = (result: SyncResult) => void;

/** Those who asked for a cycle. One that is under way began before they asked, so they wait for the next. */
export const createRequests = () => {
  let waiting: Done[] = [];
  let by: Trigger | null = null;
  let asked = new AbortController();
  let submitted = false;
  return {
    /** Something was submitted, which a cycle under way may still take along. */
    submit: (): void => {
      submitted = true;
    },
    submitted: (): boolean => {
      const was = submitted;
      submitted = false;
      return was;
    },
    ask: (trigger: Trigger, done?: Done): void => {
      if (done) waiting.push(done);
      if (by !== 'person' && !(by === 'wake' && trigger === 'change')) by = trigger;
      asked.abort();
    },
    /** The cycle failed: what was submitted meanwhile has the same wait before it. A person who asked has not. */
    forgetChange: (): void => {
      if (by !== 'change') return;
      by = null;
      asked = new AbortController();
    },
    /** Everybody who asked so far; from now on they count for the next cycle. */
    take: (): { waiting: Done[]; by: Trigger | null } => {
      const taken = { waiting, by };
      waiting = [];
      by = null;
      asked = new AbortController();
      return taken;
    },
    /** Aborted as soon as somebody asks. */
    next: (): AbortSignal => asked.signal,
  };
};
