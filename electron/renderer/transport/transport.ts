import type { CallInput, CallName, CallOutput } from '../../../src-shared/contract.ts';
import type { EventData, EventName } from '../../../src-shared/events.ts';
import type { HostCallInput, HostCallName, HostCallOutput, HostEvents } from '../../../src-shared/hostCalls.ts';
import type { ShellCallInput, ShellCallName, ShellCallOutput, ShellEvents } from '../../../src-shared/shellCalls.ts';

/** What events of each name carry: those of the contract, of the host, and of the desktop shell. */
export type WindowEvents = { [N in EventName]: EventData<N> } & HostEvents & ShellEvents;

/** An event, as it comes to the window. */
export type AppEvent = { [N in keyof WindowEvents]: { event: N; data: WindowEvents[N] } }[keyof WindowEvents];

/** Why a line to the backend is over, in the window's own words. */
export type LineEnd = 'closed' | 'refused';

/** The window's one way out: calls to the backend and to the host, and the backend's events. */
export type Transport = {
  /** Throws the `TernError` that came back; `cancelled` where the line is over. */
  call<N extends CallName>(name: N, account: string | null, input: CallInput<N>): Promise<CallOutput<N>>;
  host<N extends HostCallName>(name: N, input: HostCallInput<N>): Promise<HostCallOutput<N>>;
  /** Asks the desktop shell; null where there is none. */
  shell: (<N extends ShellCallName>(name: N, input: ShellCallInput<N>) => Promise<ShellCallOutput<N>>) | null;
  on(listener: (event: AppEvent) => void): void;
  /** Resolves when nothing can be asked any more. */
  ended: Promise<LineEnd>;
};
