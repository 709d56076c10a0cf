import { TernError } from '../../../src-shared/errors.ts';
import { abortReason, throwIfAborted } from '../../lib/async.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Traffic } from '../driver.ts';
import { watchSilence } from '../silence.ts';

/** A request that is answered, and whose answer may still come. */
export type Exchange = {
  response: Response;
  /** The body in pieces as they come. Throws `network`, or what the signal was aborted with. */
  pieces(): AsyncGenerator<Uint8Array, void, void>;
  /** To be called in the end, however that comes. */
  end(): Promise<void>;
};

/** How long a request may be silent. */
export type Patience = { silence?: () => number; sendingMs?: number };

/** What is sent by `fetch`, or whatever else sends it until the signal. */
export type Ask = RequestInit | ((control: AbortSignal) => Promise<Response>);

/** Sends requests, gives up those that are silent for too long, and counts bytes. */
export type Exchanges = {
  /**
   * `silence`: asked after each piece, how many ms may pass before the next; `sendingMs`: so many more, doubted or not, as
   * nothing is heard while much is sent. Throws as `pieces` does.
   */
  begin(url: URL, ask: Ask, signal: AbortSignal, patience?: Patience): Promise<Exchange>;
  /** What is silent now is given up soon, and so is what is sent before anything was heard again. */
  probe(): void;
};

/** The same where there is a doubt whether a connection still leads anywhere. */
const PROBE_MS = 10_000;

/** Exchanges that nobody doubts. `silenceMs`: without a single byte for so long the server counts as gone. `errorOf`: what a failure of a connection means. */
export const createExchanges = (
  clock: Clock,
  traffic: Traffic,
  silenceMs: number,
  errorOf: (url: URL, error: unknown) => TernError,
): Exchanges => {
  const underWay = new Set<ReturnType<typeof watchSilence>>();
  let doubted = false;
  const limitOf =
    ({ silence = () => silenceMs, sendingMs = 0 }: Patience) =>
    (): number =>
      (doubted ? Math.min(silence(), PROBE_MS) : silence()) + sendingMs;
  return {
    probe: () => {
      doubted = true;
      for (const silence of underWay) silence.heard();
    },
    begin: async (url, ask, signal, patience = {}) => {
      throwIfAborted(signal);
      const silence = watchSilence(clock, limitOf(patience));
      underWay.add(silence);
      const control = AbortSignal.any([signal, silence.signal]);
      const failed = (error: unknown): TernError => {
        if (control.aborted) return abortReason(control);
        return error instanceof TernError ? error : errorOf(url, error);
      };
      const heard = (bytes: number): void => {
        doubted = false;
        silence.heard();
        traffic.bytes += bytes;
      };
      const over = (): void => {
        underWay.delete(silence);
        silence.end();
      };
      traffic.roundTrips += 1;
      try {
        const response = await (typeof ask === 'function'
          ? ask(control)
          : fetch(url, { ...ask, redirect: 'manual', signal: control }));
        heard(0);
        return {
          response,
          pieces: () => piecesOf(response, heard, failed),
          end: async () => {
            over();
            await response.body?.cancel().catch(() => undefined);
          },
        };
      } catch (error) {
        over();
        throw failed(error);
      }
    },
  };
};

async function* piecesOf(
  response: Response,
  heard: (bytes: number) => void,
  failed: (error: unknown) => TernError,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    for await (const piece of response.body ?? []) {
      heard(piece.length);
      yield piece;
      // What came may have changed how long the next one may take.
      heard(0);
    }
  } catch (error) {
    throw failed(error);
  }
}
