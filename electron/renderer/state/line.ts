import { signal } from '@preact/signals';
import type { CallInput, CallName, CallOutput } from '../../../src-shared/contract.ts';
import { TernError } from '../../../src-shared/errors.ts';
import type { HostCallInput, HostCallName, HostCallOutput } from '../../../src-shared/hostCalls.ts';
import type { ShellCallInput, ShellCallName, ShellCallOutput } from '../../../src-shared/shellCalls.ts';
import type { AppEvent, LineEnd, Transport, WindowEvents } from '../transport/transport.ts';

/** Whether the backend can be asked: not yet, it can, or no more, with the reason. */
export const lineState = signal<'opening' | 'open' | LineEnd>('opening');

let line: Transport | null = null;
const listeners = new Map<keyof WindowEvents, ((data: never) => void)[]>();

const tell = ({ event, data }: AppEvent): void => {
  for (const listener of listeners.get(event) ?? []) listener(data as never);
};

/** From now on calls go over this line. */
export const useLine = (transport: Transport): void => {
  line = transport;
  lineState.value = 'open';
  transport.on(tell);
  void transport.ended.then((why) => {
    lineState.value = why;
  });
};

const theLine = (): Transport => {
  if (!line) throw new TernError('cancelled', 'Tern is not running');
  return line;
};

/** Asks the backend (docs/contract.md). Throws `TernError`. */
export const call = async <N extends CallName>(
  name: N,
  account: string | null,
  input: CallInput<N>,
): Promise<CallOutput<N>> => theLine().call(name, account, input);

/** Asks the host of this window. Throws `TernError`. */
export const askHost = async <N extends HostCallName>(name: N, input: HostCallInput<N>): Promise<HostCallOutput<N>> =>
  theLine().host(name, input);

/** Whether the desktop shell is around this window. */
export const isDesktop = (): boolean => line?.shell != null;

/** Asks the desktop shell. Throws `unsupported` where there is none. */
export const askShell = async <N extends ShellCallName>(
  name: N,
  input: ShellCallInput<N>,
): Promise<ShellCallOutput<N>> => {
  const shell = theLine().shell;
  if (!shell) throw new TernError('unsupported', 'there is no desktop shell');
  return shell(name, input);
};

/** Calls the listener with each event of that name. */
export const onEvent = <N extends keyof WindowEvents>(name: N, listener: (data: WindowEvents[N]) => void): void => {
  listeners.set(name, [...(listeners.get(name) ?? []), listener]);
};
