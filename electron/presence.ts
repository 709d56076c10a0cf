import { trayMenu } from '../src-main/desktop/menus.ts';
import type { ShellState } from '../src-main/desktop/shellState.ts';
import type { Clock } from '../src-main/lib/clock.ts';
import type { ElectronApi } from './electronApi.ts';

type Parts = {
  electron: ElectronApi;
  clock: Clock;
  state: ShellState;
  icon: string;
  /** Emails in all inboxes that nobody read. */
  unread: () => Promise<number>;
  bringUp: () => void;
  command: Parameters<typeof trayMenu>[1];
};

/** In ms: counters are read again so long after something changed. */
const SETTLE_MS = 500;

/** What is seen of Tern beside its window: a number on its icon, and an icon in the tray. Both are off until they are wanted. */
export const createPresence = ({ electron, clock, state, icon, unread, bringUp, command }: Parts) => {
  let tray: InstanceType<ElectronApi['Tray']> | undefined;
  let isCounting = false;
  const count = async (): Promise<void> => {
    isCounting = false;
    if (state.now().settings.badge) electron.app.setBadgeCount(await unread());
  };
  const changed = (): void => {
    if (isCounting) return;
    isCounting = true;
    clock.after(SETTLE_MS, () => void count().catch(() => undefined));
  };
  const makeTray = (): InstanceType<ElectronApi['Tray']> => {
    const made = new electron.Tray(icon);
    made.setToolTip('Tern');
    made.setContextMenu(electron.Menu.buildFromTemplate(trayMenu(bringUp, command)));
    made.on('click', bringUp);
    return made;
  };
  const apply = (): void => {
    const { badge, tray: wanted } = state.now().settings;
    if (badge) changed();
    else electron.app.setBadgeCount(0);
    if (!wanted) tray?.destroy();
    tray = wanted ? (tray ?? makeTray()) : undefined;
  };
  apply();
  return { changed, apply };
};
