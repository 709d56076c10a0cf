import { signal } from '@preact/signals';
import { TernError } from '../../../src-shared/errors.ts';
import type { ShellCallInput, ShellCallOutput } from '../../../src-shared/shellCalls.ts';
import { t } from '../strings/en.ts';
import { sheet } from './activity.ts';
import { goTo } from './commands.ts';
import { compose } from './composer.ts';
import { focusSearch } from './keymap.ts';
import { askShell, call, isDesktop, onEvent } from './line.ts';
import { composeFrom } from './links.ts';
import { openRow, pictureUnloaded } from './reader.ts';
import { attempt, toast } from './toasts.ts';

/** The system has no password store that protects: passwords can be read by whoever reads the person's files. */
export const weakSecrets = signal(false);

/** What the person set of the shell; null where there is none. */
export const shellSettings = signal<ShellCallOutput<'shell.set'> | null>(null);

/** Changes what is named and leaves the rest. */
export const setShell = (patch: ShellCallInput<'shell.set'>): Promise<void> =>
  attempt(async () => {
    shellSettings.value = await askShell('shell.set', patch);
  });

/** Makes Tern the system's program for links to write to. */
export const becomeDefault = (): Promise<void> =>
  attempt(async () => {
    const { done } = await askShell('shell.default', {});
    toast(done ? t.desktop.isDefault : t.desktop.notDefault);
  });

const openEmail = (account: string, email: string): Promise<void> =>
  attempt(async () => {
    const { emails } = await call('emails.get', account, { ids: [email] });
    const [found] = emails;
    if (!found) throw new TernError('notFound', '');
    sheet.value = null;
    goTo({ kind: 'role', role: 'inbox' });
    await openRow(found);
  });

const menu = {
  compose: () => void compose(),
  search: focusSearch,
  settings: () => void (sheet.value = 'settings'),
  help: () => void (sheet.value = 'help'),
};

/** Does what is asked of the window from around it: links to write to, notifications, the menu. */
export const followShell = (): void => {
  if (!isDesktop()) return;
  onEvent('shell.compose', composeFrom);
  onEvent('shell.open', ({ account, email }) => void openEmail(account, email));
  onEvent('shell.unloaded', ({ url }) => pictureUnloaded(url));
  onEvent('shell.command', ({ name }) => menu[name]());
  void attempt(async () => {
    const { settings, weakSecrets: isWeak } = await askShell('shell.ready', {});
    weakSecrets.value = isWeak;
    shellSettings.value = settings;
  });
};
