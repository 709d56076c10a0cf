import { createBadge } from '../src-main/desktop/badge.ts';
import type { Drain } from '../src-main/desktop/drain.ts';
import { trayMenu } from '../src-main/desktop/menus.ts';
import type { ShellState } from '../src-main/desktop/shellState.ts';
import { systemClock } from '../src-main/lib/clock.ts';
import type { ElectronApi } from './electronApi.ts';

type Parts = {
  electron: ElectronApi;
  drain: Drain;
  state: ShellState;
  icon: string;
  bringUp: () => void;
  command: Parameters<typeof trayMenu>[1];
};

/** What is seen of Tern beside its window: a number on its icon, and an icon in the tray. Both are off until they are wanted. */
export const createPresence = ({ electron, drain, state, icon, bringUp, command }: Parts) => {
  let tray: InstanceType<ElectronApi['Tray']> | undefined;
  const changed = createBadge({
    clock: systemClock,
    drain,
    isWanted: () => state.now().settings.badge,
    show: (unread) => electron.app.setBadgeCount(unread),
  });
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
