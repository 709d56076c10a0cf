import { TernError } from '../../src-shared/errors.ts';

type Call<Input, Output> = (input: Input, signal: AbortSignal) => Promise<Output>;

/** Calls that a person may give up while they are under way. */
export type Cancelling = {
  /** The same call, which `cancel` ends as its own signal does. */
  cancellable: <Input, Output>(call: Call<Input, Output>) => Call<Input, Output>;
  /** Ends all of them: each answers `cancelled`. */
  cancel: () => void;
};

/** Nothing is under way yet. */
export const createCancelling = (): Cancelling => {
  const underWay = new Set<AbortController>();
  return {
    cancellable: (call) => async (input, signal) => {
      const person = new AbortController();
      underWay.add(person);
      try {
        return await call(input, AbortSignal.any([signal, person.signal]));
      } finally {
        underWay.delete(person);
      }
    },
    cancel: () => {
      for (const person of underWay) person.abort(new TernError('cancelled', 'it was given up'));
    },
  };
};
