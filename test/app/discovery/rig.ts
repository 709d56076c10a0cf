import { createDiscover } from '../../../src-main/app/discovery/discover.ts';
import type { CallOutput } from '../../../src-shared/contract.ts';
import { type FakeClock, fakeClock, settle } from '../../support/clock.ts';
import type { SmallInternet } from '../../support/smallInternet.ts';

/** What came of a discovery: its answer, and after how many ms of a clock that a test moves. */
export type Run = { answer: CallOutput<'accounts.discover'>; ms: number };

/** In turns of the event loop: so long nothing comes any more without time going on. */
const QUIET = 150;

const never = new AbortController().signal;

/** Begins a discovery on a clock of its own. */
export const begin = (net: SmallInternet, email: string, signal = never, emit: (data: unknown) => void = () => {}) => {
  const clock = fakeClock();
  const discover = createDiscover({
    clock,
    emit: (_name, data) => emit(data),
    ispdb: async () => false,
    testNetwork: net.network,
  });
  return { clock, result: discover(email, signal) };
};

/** Time goes on in small steps, each only when nothing moves any more without it, until it is over. */
export const outlast = async <T>(clock: FakeClock, result: Promise<T>): Promise<{ value: T; ms: number }> => {
  const over = new AbortController();
  result.then(
    () => over.abort(),
    () => over.abort(),
  );
  for (await settle(QUIET); !over.signal.aborted; await settle(QUIET)) await clock.advance(100);
  return { value: await result, ms: clock.monotonic() };
};

/** A discovery from its beginning to its end, whatever hangs. */
export const run = async (net: SmallInternet, email: string): Promise<Run> => {
  const { clock, result } = begin(net, email);
  const { value: answer, ms } = await outlast(clock, result);
  if (clock.pending() > 0) throw new Error('a timer was left behind');
  return { answer, ms };
};

/** What a source said, as `state reason`, by `source target`. */
export const saidBy = ({ answer }: Run, name: string): string => {
  const probe = answer.probes.find(({ source, target }) => `${source} ${target}` === name);
  return `${probe?.state} ${probe?.reason ?? ''}`.trim();
};
