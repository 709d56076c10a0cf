import type { TestContext } from 'node:test';
import { useLine } from '../../electron/renderer/state/line.ts';
import { dismiss, toasts } from '../../electron/renderer/state/toasts.ts';
import { composer } from '../../electron/renderer/state/writing.ts';
import { TernError } from '../../src-shared/errors.ts';

type Saved = {
  account: string | null;
  draft?: string;
  to: { email: string }[];
  text?: string;
  html?: string;
  inReplyTo?: string;
  repliesTo?: string;
  attachments?: object[];
};

/** A line that keeps drafts, or does not while `isBroken`; what it was asked, and what it has. */
export const lineFor = (t: TestContext) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  for (const { id } of toasts.value) dismiss(id);
  composer.value = null;
  const line = {
    isBroken: false,
    saves: [] as Saved[],
    discarded: [] as string[],
    held: [] as object[],
    identities: [] as object[],
  };
  let drafts = 0;
  const answers: Record<string, (input: never, account: string | null) => unknown> = {
    'identities.list': () => ({ identities: line.identities }),
    'drafts.save': (input: Saved, account) => {
      if (line.isBroken) throw new TernError('storage', 'the disk is full');
      line.saves.push({ ...input, account });
      return { draft: input.draft ?? String(++drafts) };
    },
    'drafts.get': () => ({ attachments: line.held, repliesTo: 'q@x.test' }),
    'drafts.discard': ({ draft }: { draft: string }) => (line.discarded.push(draft), {}),
  };
  const call = async (name: string, account: string | null, input: never) => answers[name]?.(input, account);
  useLine({ call: call as never, host: call as never, shell: null, on: () => undefined, ended: new Promise(() => {}) });
  return line;
};
