import type { WebSocket } from 'ws';
import * as z from 'zod';
import { TernError, toWire } from '../../src-shared/errors.ts';
import { isHostCall } from '../../src-shared/hostCalls.ts';
import { parseInput } from '../../src-shared/issue.ts';
import type { Backend } from '../backend.ts';
import type { HostAnswers } from './hostAnswers.ts';

const requestSchema = z.strictObject({
  id: z.int(),
  call: z.string().max(100),
  account: z.string().max(64).nullish(),
  input: z.unknown().optional(),
});

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new TernError('invalid', 'the message is not JSON');
  }
};

const idOf = (request: unknown): number | null => {
  const id = (request as { id?: unknown } | null)?.id;
  return typeof id === 'number' ? id : null;
};

/** Answers the requests of a page that was let in, as the headless host answers lines; ends them all when it goes. */
export const serveLine = (socket: WebSocket, backend: Backend, host: HostAnswers): void => {
  const gone = new AbortController();
  const send = (message: unknown): void => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
  };
  const answer = async (text: string): Promise<void> => {
    let id: number | null = null;
    try {
      const raw = parse(text);
      id = idOf(raw);
      const { call, account, input } = parseInput(requestSchema, raw, 'not a request: ');
      const ok = isHostCall(call)
        ? await host(call, input, gone.signal)
        : await backend.call({ call, account, input }, gone.signal);
      send({ id, ok });
    } catch (error) {
      send({ id, error: toWire(error) });
    }
  };
  socket.on('message', (data, isBinary) => {
    if (isBinary) socket.close(1003, 'text only');
    else void answer((data as Buffer).toString('utf8'));
  });
  socket.once('close', () => gone.abort(new TernError('cancelled', 'the page is gone')));
};
