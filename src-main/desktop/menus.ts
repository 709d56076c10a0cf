import type { ShellEvents } from '../../src-shared/shellCalls.ts';
import { t } from './strings.ts';

type Command = ShellEvents['shell.command']['name'];
type Role =
  | 'appMenu'
  | 'close'
  | 'copy'
  | 'cut'
  | 'editMenu'
  | 'paste'
  | 'quit'
  | 'resetZoom'
  | 'toggleDevTools'
  | 'togglefullscreen'
  | 'windowMenu'
  | 'zoomIn'
  | 'zoomOut';

/** An entry of a menu, as Electron takes it. What has a role is named and done by the system. */
export type Entry = {
  label?: string;
  role?: Role;
  type?: 'separator';
  accelerator?: string;
  click?: () => void;
  submenu?: Entry[];
};

const separator: Entry = { type: 'separator' };
const roles = (...some: Role[]): Entry[] => some.map((role) => ({ role }));

/** The program's menu. Its own entries are commands to the window; the rest is what systems expect. */
export const programMenu = (
  command: (name: Command) => void,
  { platform, isPackaged }: { platform: NodeJS.Platform; isPackaged: boolean },
): Entry[] => {
  const entry = (label: string, name: Command, accelerator?: string): Entry => ({
    label,
    click: () => command(name),
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  const mac = platform === 'darwin';
  const view = roles('resetZoom', 'zoomIn', 'zoomOut', 'togglefullscreen');
  return [
    ...(mac ? roles('appMenu') : []),
    {
      label: t.menu.file,
      submenu: [
        entry(t.menu.compose, 'compose', 'CmdOrCtrl+N'),
        entry(t.menu.settings, 'settings', 'CmdOrCtrl+,'),
        separator,
        { role: mac ? 'close' : 'quit' },
      ],
    },
    ...roles('editMenu'),
    { label: t.menu.view, submenu: isPackaged ? view : [...view, ...roles('toggleDevTools')] },
    { label: t.menu.go, submenu: [entry(t.menu.search, 'search', 'CmdOrCtrl+F')] },
    ...roles('windowMenu'),
    { label: t.menu.help, submenu: [entry(t.menu.keys, 'help')] },
  ];
};

/** The menu of the icon in the tray: the only way back, and out, while no window is open. */
export const trayMenu = (bringUp: () => void, command: (name: Command) => void): Entry[] => [
  { label: t.menu.open, click: bringUp },
  { label: t.menu.compose, click: () => command('compose') },
  separator,
  ...roles('quit'),
];

/** Whether words are checked as they are typed. Only macOS does that by itself: elsewhere dictionaries would come from the network. */
export const checksSpelling = (platform: NodeJS.Platform): boolean => platform === 'darwin';

type Clicked = { isEditable: boolean; selectionText: string; dictionarySuggestions: string[] };

/** The menu of a text that was clicked: what a word was meant to be, and the clipboard. Empty where there is nothing to do. */
export const textMenu = (
  { isEditable, selectionText, dictionarySuggestions }: Clicked,
  replace: (word: string) => void,
): Entry[] => {
  if (!isEditable) return selectionText.trim() === '' ? [] : roles('copy');
  const words = dictionarySuggestions.map((label) => ({ label, click: () => replace(label) }));
  return [...words, ...(words.length > 0 ? [separator] : []), ...roles('cut', 'copy', 'paste')];
};
