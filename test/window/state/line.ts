import type { TestContext } from 'node:test';
import { question } from '../../../electron/renderer/state/asking.ts';
import { useLine } from '../../../electron/renderer/state/line.ts';
import { toasts } from '../../../electron/renderer/state/toasts.ts';
import type { AppEvent } from '../../../electron/renderer/transport/transport.ts';
import { TernError } from '../../../src-shared/errors.ts';

/** What calls are answered with, by their names. */
export type Answers = Record<string, (input: never) => unknown>;

/** A line that answers these calls, and notes each as its name and input; with `isDesktop` a shell answers, too. */
export const lineWith = (t: TestContext, answers: Answers, isDesktop = false) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  toasts.value = [];
  question.value = null;
  const asked: [name: string, input: unknown][] = [];
  let tell: (event: AppEvent) => void = () => undefined;
  const call = async (name: string, _account: string | null, input: never): Promise<unknown> => {
    asked.push([name, input]);
    const answer = answers[name];
    if (!answer) throw new TernError('unsupported', `nobody answers ${name}`);
    return answer(input);
  };
  useLine({
    call: call as never,
    host: call as never,
    shell: isDesktop ? (call as never) : null,
    on: (listener) => (tell = listener),
    ended: new Promise(() => undefined),
  });
  const of = (...names: string[]) => asked.filter(([name]) => names.includes(name));
  return { asked, of, tell: (event: AppEvent) => tell(event) };
};
