import type { EventData } from '../../src-shared/events.ts';
import type { Ask } from '../web/emailAnswers.ts';
import { t } from './strings.ts';

/** What a notification says and offers. `acted`: one of `actions`, by its index. */
export type Notice = {
  title: string;
  body: string;
  actions: readonly string[];
  clicked: () => void;
  acted: (index: number) => void;
};

/** The email that a notification is about; null where it is about several. */
export type NoticeTarget = { account: string; email: string; thread: string } | null;

type Parts = {
  ask: Ask;
  /** Whether others may read the screen: then a notice says no more than that there is mail. */
  isLocked: () => boolean;
  open: (target: NoticeTarget) => void;
};

const ACTIONS = [t.notice.archive, t.notice.read];

/** Notification servers of Linux take text for markup, which may load pictures. */
const inert = (text: string): string => text.replaceAll('<', '‹').replaceAll('>', '›').replaceAll('&', '＆');

/** What is to be told of new mail; null where it is gone already. */
export const noticeOf = async (
  { ask, isLocked, open }: Parts,
  data: EventData<'notify'>,
  signal: AbortSignal,
): Promise<Notice | null> => {
  const plain = { title: t.app, actions: [], acted: () => undefined };
  if ('count' in data) return { ...plain, body: t.notice.many(data.count), clicked: () => open(null) };
  const { account, email } = data;
  const [head] = (await ask('emails.get', account, { ids: [email] }, signal)).emails;
  if (!head) return null;
  const clicked = (): void => open({ account, email, thread: head.threadId });
  if (isLocked()) return { ...plain, body: t.notice.one, clicked };
  const [from] = head.from;
  return {
    title: inert(from?.name ?? from?.email ?? t.notice.one),
    body: inert(head.subject ?? ''),
    actions: ACTIONS,
    clicked,
    acted: (index) => {
      const change =
        ACTIONS[index] === t.notice.archive
          ? { type: 'move' as const, emails: [email], role: 'archive' as const }
          : { type: 'keywords' as const, emails: [email], patch: { $seen: true as const } };
      // What the server says of it is seen in the list of changes, as of any other.
      ask('changes.submit', account, { changes: [change] }, signal).catch(() => undefined);
    },
  };
};
