import type { MenuItemConstructorOptions } from 'electron';
import type { ShellEvents } from '../src-shared/shellCalls.ts';
import type { ElectronApi } from './electronApi.ts';

type Command = ShellEvents['shell.command']['name'];

/** Sets the program's menu. Its own entries are commands to the window; the rest is what systems expect. */
export const setMenu = (
  { Menu, app }: ElectronApi,
  command: (name: Command) => void,
  platform: NodeJS.Platform = process.platform,
): void => {
  const entry = (label: string, name: Command, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => command(name),
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  const mac = platform === 'darwin';
  const settings = entry('Settings…', 'settings', 'CmdOrCtrl+,');
  const view: MenuItemConstructorOptions[] = [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { role: 'togglefullscreen' },
    ...(app.isPackaged ? [] : [{ role: 'toggleDevTools' as const }]),
  ];
  const template: MenuItemConstructorOptions[] = [
    ...(mac ? [{ role: 'appMenu' as const }] : []),
    {
      label: 'File',
      submenu: [
        entry('New Message', 'compose', 'CmdOrCtrl+N'),
        settings,
        { type: 'separator' },
        { role: mac ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    { label: 'View', submenu: view },
    { label: 'Go', submenu: [entry('Search', 'search', 'CmdOrCtrl+F')] },
    { role: 'windowMenu' },
    { label: 'Help', submenu: [entry('Keyboard Shortcuts', 'help')] },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
};
