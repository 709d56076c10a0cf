import { programMenu, textMenu } from '../src-main/desktop/menus.ts';
import type { ElectronApi, Window } from './electronApi.ts';

/** Sets the program's menu. */
export const setMenu = ({ Menu, app }: ElectronApi, command: Parameters<typeof programMenu>[0]): void =>
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(programMenu(command, { platform: process.platform, isPackaged: app.isPackaged })),
  );

/** Shows a menu where text of the window is clicked. */
export const offerTextMenu = ({ Menu }: ElectronApi, { webContents }: Window): void => {
  webContents.on('context-menu', (_event, clicked) => {
    const entries = textMenu(clicked, (word) => webContents.replaceMisspelling(word));
    if (entries.length > 0) Menu.buildFromTemplate(entries).popup();
  });
};
