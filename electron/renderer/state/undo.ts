import { signal } from '@preact/signals';
import { fromWire, type WireError } from '../../../src-shared/errors.ts';
import { t } from '../strings/en.ts';
import { call } from './line.ts';
import { list } from './list.ts';
import { attempt, dismiss, toast } from './toasts.ts';

/** `made`: the changes that it takes back, by account, once they are known. */
type Step = { toast: number; take: () => Promise<void>; made?: ReadonlyMap<string, string[]> };

const MOST = 50;
/** What can be taken back, the latest last. */
const steps = signal<Step[]>([]);

/**
 * Says what was done, with a button that takes it back: `take` does that, or throws why not. `ms`: for so long it can be.
 * Answers what takes the offer away.
 */
export const offer = (text: string, take: () => Promise<void>, ms?: number): (() => void) => {
  const step: Step = { toast: 0, take };
  step.toast = toast(text, { button: t.undo, act: () => void undo(step), ...(ms === undefined ? {} : { ms }) });
  steps.value = [...steps.value, step].slice(-MOST);
  const withdraw = (): void => {
    steps.value = steps.value.filter((each) => each !== step);
    dismiss(step.toast);
  };
  if (ms !== undefined) setTimeout(withdraw, ms);
  return withdraw;
};

/** The same for changes, by account, from the moment that they are made: who takes one back at once means that one. */
export const offerUndo = (text: string, made: Promise<ReadonlyMap<string, string[]>>): void => {
  const withdraw = offer(text, async () => {
    const refused: WireError[] = [];
    for (const [account, ids] of await made) {
      const { failed } = await call('changes.undo', account, { ids });
      refused.push(...failed.map(({ error }) => error));
    }
    await list.value.refresh();
    if (refused[0]) throw fromWire(refused[0]);
  });
  const step = steps.value.at(-1);
  made.then((done) => {
    if (done.size === 0) withdraw();
    else if (step) step.made = done;
  }, withdraw);
};

/** What was not carried out is no more said to be done. */
export const saidNoMore = (failed: readonly { account: string; id: string }[]): void => {
  const isFailed = (account: string, id: string): boolean =>
    failed.some((each) => each.account === account && each.id === id);
  for (const { toast: said, made = new Map<string, string[]>() } of steps.value) {
    const ids = [...made].flatMap(([account, some]) => some.map((id) => isFailed(account, id)));
    if (ids.length > 0 && ids.every(Boolean)) dismiss(said);
  }
};

const undo = (step: Step): Promise<void> =>
  attempt(async () => {
    steps.value = steps.value.filter((each) => each !== step);
    dismiss(step.toast);
    await step.take();
    toast(t.undone);
  });

/** Takes the last step back. */
export const undoLast = (): void => {
  const step = steps.value.at(-1);
  if (step) void undo(step);
  else toast(t.nothingToUndo);
};
