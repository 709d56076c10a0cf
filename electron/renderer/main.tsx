import './lib/jitless.ts';
import { render } from 'preact';
import { followAccounts, readAll } from './state/accounts.ts';
import { followActivity } from './state/activity.ts';
import { followAppSettings } from './state/appSettings.ts';
import { followPlace } from './state/commands.ts';
import { followKeys } from './state/keymap.ts';
import { followLeaving } from './state/leaving.ts';
import { lineState, useLine } from './state/line.ts';
import { followLinks } from './state/links.ts';
import { followList } from './state/list.ts';
import { followChoices } from './state/look.ts';
import { followOutgoing } from './state/outgoing.ts';
import { followReader } from './state/reader.ts';
import { beginWhereNobodyIs, followSetup } from './state/setup.ts';
import { followShell } from './state/shell.ts';
import { followTitle } from './state/title.ts';
import { report } from './state/toasts.ts';
import { followVault } from './state/vault.ts';
import { type Bridge, ipcLine } from './transport/ipcLine.ts';
import { openWebLine } from './transport/webLine.ts';
import { App } from './views/App.tsx';
import './style/base.css';
import './style/panes.css';
import './style/list.css';
import './style/reader.css';
import './style/composer.css';
import './style/sheets.css';

const start = async (): Promise<void> => {
  followChoices();
  render(<App />, document.body);
  const bridge = (globalThis as { tern?: Bridge }).tern;
  const line = bridge ? ipcLine(bridge) : await openWebLine().catch(() => null);
  if (!line) {
    lineState.value = 'refused';
    return;
  }
  useLine(line);
  followAccounts();
  followSetup();
  await readAll();
  beginWhereNobodyIs();
  followList();
  followPlace();
  followReader();
  followActivity();
  followOutgoing();
  followTitle();
  followLeaving();
  followKeys();
  followLinks();
  followShell();
  await Promise.all([followVault(), followAppSettings()]);
};

start().catch(report);
