import type { Drain } from '../src-main/desktop/drain.ts';
import { type NoticeTarget, noticeOf } from '../src-main/desktop/notices.ts';
import type { EventData } from '../src-shared/events.ts';
import type { ElectronApi } from './electronApi.ts';

type Parts = {
  electron: ElectronApi;
  drain: Drain;
  /** Whether the person wants to be told now. */
  isWanted: () => boolean;
  /** A notification was clicked. */
  open: (target: NoticeTarget) => void;
};

/** Tells of new mail by the system's notifications. */
export const createNotifier = ({ electron, drain, isWanted, open }: Parts) => {
  const { Notification, powerMonitor } = electron;
  // One that nobody holds is collected, and its click lost.
  const shown = new Set<unknown>();
  let isLocked = false;
  powerMonitor.on('lock-screen', () => (isLocked = true));
  powerMonitor.on('unlock-screen', () => (isLocked = false));
  return async (data: EventData<'notify'>): Promise<void> => {
    if (!isWanted() || !Notification.isSupported()) return;
    const notice = await noticeOf({ ask: drain.ask, isLocked: () => isLocked, open }, data, drain.over);
    if (!notice) return;
    const { title, body } = notice;
    const actions = notice.actions.map((text) => ({ type: 'button' as const, text }));
    const notification = new Notification({ title, body, actions });
    shown.add(notification);
    notification.on('click', notice.clicked);
    notification.on('action', ({ actionIndex }) => notice.acted(actionIndex));
    notification.on('close', () => shown.delete(notification));
    notification.show();
  };
};
