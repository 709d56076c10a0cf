import { fromWire, type WireError } from '../../../src-shared/errors.ts';
import type { AppEvent, Transport } from './transport.ts';

/** What the desktop app's preload script gives the window. */
export type Bridge = {
  call(request: {
    call: string;
    account: string | null;
    input: unknown;
  }): Promise<{ ok: unknown } | { error: WireError }>;
  on(listener: (event: AppEvent) => void): void;
};

/** The line of a window of the desktop app. */
export const ipcLine = (bridge: Bridge): Transport => {
  const ask = async (call: string, account: string | null, input: unknown): Promise<never> => {
    const answer = await bridge.call({ call, account, input });
    if ('error' in answer) throw fromWire(answer.error);
    return answer.ok as never;
  };
  return {
    call: ask,
    host: (name, input) => ask(name, null, input),
    shell: (name, input) => ask(name, null, input),
    on: (listener) => bridge.on(listener),
    ended: new Promise(() => undefined),
  };
};
