import type { Fields } from '../servers/jmap/model.ts';
import type { World } from './world.ts';

/** One method call, between the server's work and its reply. `answer` may be changed; `failed`: it is a method error. */
export type Tapped = { name: string; asked: Fields; answer: Fields; failed: boolean };

/** Runs `hook` for every method call before its reply goes out; replaces an earlier tap. */
export const tap = (w: Pick<World, 'server'>, hook: (call: Tapped) => void | Promise<void>): void =>
  w.server.trouble.beforeReply(async (request, response) => {
    for (const [index, [name, asked]] of request.methodCalls.entries()) {
      const [kind, answer] = response.methodResponses[index] ?? ['error', {}];
      await hook({ name, asked, answer, failed: kind === 'error' });
    }
  });

/** Runs `hook` at the n-th call of a method, once. */
export const tapNth = (
  w: Pick<World, 'server'>,
  method: string,
  n: number,
  hook: (call: Tapped) => void | Promise<void>,
): void => {
  let seen = 0;
  tap(w, async (call) => {
    if (call.name !== method) return;
    seen += 1;
    if (seen === n) await hook(call);
  });
};

/** A list of texts in an answer; what else stands there is left out. */
export const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/** True for a get that reads emails whole, with their subjects. */
const isWhole = ({ name, asked }: Tapped): boolean =>
  name === 'Email/get' && texts(asked['properties']).includes('subject');

/** Counts which emails were read whole, and how often, from now on. */
export const countWhole = (w: Pick<World, 'server'>): Map<string, number> => {
  const counts = new Map<string, number>();
  tap(w, (call) => {
    if (!isWhole(call) || call.failed || !Array.isArray(call.answer['list'])) return;
    for (const { id } of call.answer['list'] as { id: string }[]) counts.set(id, (counts.get(id) ?? 0) + 1);
  });
  return counts;
};
