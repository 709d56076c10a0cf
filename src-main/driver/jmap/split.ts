import type { MethodAnswer, MethodCall } from './client.ts';

/** A back-reference to another call's answer: RFC 8620 section 3.7. */
type Reference = { resultOf: string; path: string };

/**
 * Sends calls in groups that the server takes at once. References within a group stay the server's affair; those to an
 * earlier group are resolved here. Calls name each other by their index in `calls`, as text.
 */
export const sendInGroups = async (
  calls: MethodCall[],
  size: number,
  send: (group: MethodCall[]) => Promise<MethodAnswer[]>,
): Promise<MethodAnswer[]> => {
  if (calls.length <= size) return send(calls);
  const answers: MethodAnswer[] = [];
  for (let start = 0; start < calls.length; start += size) {
    const resolved = calls.slice(start, start + size).map((call) => resolve(call, start, answers));
    const sent = await send(resolved.filter((call) => call !== null));
    answers.push(...resolved.map((call) => (call === null ? unresolved : (sent.shift() ?? unresolved))));
  }
  return answers;
};

const unresolved: MethodAnswer = { error: { type: 'invalidResultReference', description: '' } };

/** The call as it is sent in a group of its own, or null when what it refers to is not there. */
const resolve = ([name, args]: MethodCall, start: number, answers: MethodAnswer[]): MethodCall | null => {
  const entries: [string, unknown][] = [];
  for (const [key, value] of Object.entries(args)) {
    const reference = key.startsWith('#') ? (value as Reference) : null;
    if (!reference) entries.push([key, value]);
    else if (Number(reference.resultOf) >= start)
      entries.push([key, { ...reference, resultOf: String(Number(reference.resultOf) - start) }]);
    else {
      const answer = answers[Number(reference.resultOf)];
      if (!answer || 'error' in answer) return null;
      entries.push([key.slice(1), answer.args[reference.path.slice(1)]]);
    }
  }
  return [name, Object.fromEntries(entries)];
};
