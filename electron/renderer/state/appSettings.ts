import { signal } from '@preact/signals';
import type { AppSettings, AppSettingsPatch } from '../../../src-shared/appSettings.ts';
import type { LinkWarning } from '../../../src-shared/linkWarnings.ts';
import { t } from '../strings/en.ts';
import { call, onEvent } from './line.ts';
import { type Choices, choices, choose, whenChosen } from './settings.ts';
import { attempt } from './toasts.ts';

/** Settings of the app itself; null until they were read. */
export const appSettings = signal<AppSettings | null>(null);

/** A page for the person that could not be opened by itself. `link`: of a message, which shows its whole address, and what is suspicious. */
export type PageToOpen = { url: string; lead: string; link?: { warnings: readonly LinkWarning[] } };
/** Null: none. */
export const pageToOpen = signal<PageToOpen | null>(null);

// Without an account these calls are about the app; their types in the contract are those of an account.
const read = async (): Promise<AppSettings> => (await call('settings.get', null, {})) as unknown as AppSettings;
const change = async (patch: AppSettingsPatch): Promise<AppSettings> =>
  (await call('settings.set', null, patch as never)) as unknown as AppSettings;

/** Changes what is named and leaves the rest. */
export const setApp = (patch: AppSettingsPatch): Promise<void> =>
  attempt(async () => {
    appSettings.value = await change(patch);
  });

/** Takes over what the backend keeps for this window, and gives it what is chosen from now on. */
export const followAppSettings = (): Promise<void> =>
  attempt(async () => {
    onEvent('browse', ({ url }) => {
      if (/^https?:\/\//.test(url)) pageToOpen.value = { url, lead: t.page.lead };
    });
    appSettings.value = await read();
    const kept = appSettings.value.window['choices'];
    if (typeof kept === 'object' && kept !== null) choose({ ...choices.value, ...(kept as Partial<Choices>) });
    whenChosen((now) => void setApp({ window: { choices: now } }));
  });
