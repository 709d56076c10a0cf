import { signal } from '@preact/signals';
import { t } from '../strings/en.ts';
import { call, onEvent } from './line.ts';
import { type Choices, choices, choose, whenChosen } from './settings.ts';
import { attempt } from './toasts.ts';

/**
 * Settings of the app itself. `ispdb`: whether Mozilla's list is asked about the domain of a new account. `oauthClients`: as
 * whom Tern signs people in at a provider. `window`: this window's own.
 */
export type AppSettings = {
  ispdb: boolean;
  oauthClients: Record<string, { clientId: string; hasSecret: boolean }>;
  window: Record<string, unknown>;
};
type Patch = {
  ispdb?: boolean;
  oauthClients?: Record<string, { clientId: string; clientSecret?: string } | null>;
  window?: Record<string, unknown>;
};

/** Null where the backend keeps none: then what was chosen stays in the browser. */
export const appSettings = signal<AppSettings | null>(null);

/** A page for the person that could not be opened by itself; null: none. */
export const pageToOpen = signal<{ url: string; lead: string } | null>(null);

/** Changes what is named and leaves the rest. */
export const setApp = (patch: Patch): Promise<void> =>
  attempt(async () => {
    appSettings.value = (await call('settings.set', null, patch as never)) as unknown as AppSettings;
  });

/** Takes over what the backend keeps for this window, and gives it what is chosen from now on. */
export const followAppSettings = async (): Promise<void> => {
  onEvent('browse', ({ url }) => {
    if (/^https?:\/\//.test(url)) pageToOpen.value = { url, lead: t.page.lead };
  });
  try {
    appSettings.value = (await call('settings.get', null, {})) as unknown as AppSettings;
  } catch {
    return;
  }
  const kept = appSettings.value.window['choices'];
  if (typeof kept === 'object' && kept !== null) choose({ ...choices.value, ...(kept as Partial<Choices>) });
  whenChosen((now) => void setApp({ window: { choices: now } }));
};
