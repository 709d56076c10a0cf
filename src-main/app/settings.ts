import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import {
  type AppSettings,
  type AppSettingsPatch,
  appSettingsSchema,
  LARGEST_WINDOW,
} from '../../src-shared/appSettings.ts';
import { TernError } from '../../src-shared/errors.ts';
import { createQueue } from '../lib/async.ts';
import { safeJson } from '../lib/json.ts';
import type { Log } from '../lib/log.ts';
import { replaceFile } from '../lib/replaceFile.ts';
import type { Secrets } from './secrets.ts';

/** As whom Tern signs people in at a provider. */
type OauthClient = { clientId: string; clientSecret?: string };

/** The app's own settings. They throw `storage` while their file cannot be read or written. */
export type Settings = {
  get(): AppSettings;
  /** Changes what is named; answers all settings, which are on disk then. Throws `tooLarge`. */
  set(patch: AppSettingsPatch): Promise<AppSettings>;
  /** Null where nobody entered one. Throws `auth` where its secret cannot be opened. */
  oauthClient(provider: string): Promise<OauthClient | null>;
  /** Seals anew what was sealed in a way that is no longer the present one. */
  reseal(): Promise<void>;
};

const clientSchema = z.strictObject({ clientId: z.string(), sealedSecret: z.string().optional() });
/** What is stored of a later version's settings stays where it is. */
const storedSchema = z.looseObject({
  ispdb: z.boolean().default(false),
  oauthClients: z.record(z.string(), clientSchema).default({}),
  window: appSettingsSchema.shape.window.default({}),
});
type Stored = z.infer<typeof storedSchema>;
type Client = z.infer<typeof clientSchema>;
type Parts = { dataDir: string; secrets: Pick<Secrets, 'seal' | 'unseal' | 'isCurrent'>; log: Log };

/** What a secret is bound to: it opens for no other provider. */
const contextOf = (provider: string): string => `oauthClient:${provider}`;

/** Settings kept in `settings.json` of the data folder. */
export const createSettings = ({ dataDir, secrets, log }: Parts): Settings => {
  const path = join(dataDir, 'settings.json');
  const inTurn = createQueue();
  let known: Stored | undefined;
  const load = (): Stored => (known ??= readStored(path, log));
  const store = (stored: Stored): void => {
    try {
      replaceFile(path, JSON.stringify(stored, null, 2));
    } catch (error) {
      throw new TernError('storage', 'the settings cannot be written', { cause: error });
    }
    known = stored;
  };
  const sealed = async (provider: string, secret: string): Promise<string> => secrets.seal(secret, contextOf(provider));
  const resealed = async ([provider, client]: [string, Client]): Promise<[string, Client]> => {
    const { sealedSecret } = client;
    if (sealedSecret === undefined || secrets.isCurrent(sealedSecret)) return [provider, client];
    const secret = await secrets.unseal(sealedSecret, contextOf(provider));
    return [provider, { ...client, sealedSecret: await sealed(provider, secret) }];
  };
  return {
    get: () => shown(load()),
    set: (patch) =>
      inTurn(async () => {
        const before = load();
        const window = merged(before.window, patch.window ?? {});
        if (JSON.stringify(window).length > LARGEST_WINDOW)
          throw new TernError('tooLarge', 'these are too many settings of the window', { field: 'window' });
        const oauthClients = await withClients(before.oauthClients, patch.oauthClients ?? {}, sealed);
        store({ ...before, ispdb: patch.ispdb ?? before.ispdb, oauthClients, window });
        return shown(load());
      }),
    oauthClient: async (provider) => {
      const clients = load().oauthClients;
      const client = Object.hasOwn(clients, provider) ? clients[provider] : undefined;
      if (!client) return null;
      const { clientId, sealedSecret } = client;
      if (sealedSecret === undefined) return { clientId };
      return { clientId, clientSecret: await secrets.unseal(sealedSecret, contextOf(provider)) };
    },
    reseal: () =>
      inTurn(async () => {
        const before = load();
        const entries = Object.entries(before.oauthClients);
        const after = await Promise.all(entries.map(resealed));
        if (after.some(([, client], index) => client !== entries[index]?.[1]))
          store({ ...before, oauthClients: Object.fromEntries(after) });
      }),
  };
};

/** The file's content; one that is damaged is set aside, and what it held begins anew. */
const readStored = (path: string, log: Log): Stored => {
  const text = readText(path);
  if (text === null) return storedSchema.parse({});
  const parsed = storedSchema.safeParse(safeJson(text));
  if (parsed.success) return parsed.data;
  const aside = `${path}.damaged`;
  log.error({ aside }, 'the settings file is damaged: it is set aside, and all settings are as at first');
  try {
    renameSync(path, aside);
  } catch (error) {
    throw new TernError('storage', 'the damaged settings file cannot be set aside', { cause: error });
  }
  return storedSchema.parse({});
};

const readText = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new TernError('storage', 'the settings cannot be read', { cause: error });
  }
};

/** As the contract shows them: no secret, sealed or not. */
const shown = ({ ispdb, oauthClients, window }: Stored): AppSettings => ({
  ispdb,
  oauthClients: Object.fromEntries(
    Object.entries(oauthClients).map(([provider, { clientId, sealedSecret }]) => [
      provider,
      { clientId, hasSecret: sealedSecret !== undefined },
    ]),
  ),
  window,
});

const merged = (before: Record<string, unknown>, patch: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries({ ...before, ...patch }).filter(([, value]) => value !== null));

const withClients = async (
  before: Record<string, Client>,
  patch: NonNullable<AppSettingsPatch['oauthClients']>,
  seal: (provider: string, secret: string) => Promise<string>,
): Promise<Record<string, Client>> => {
  const after = new Map(Object.entries(before));
  for (const [provider, given] of Object.entries(patch)) {
    const old = after.get(provider);
    after.delete(provider);
    if (given === null) continue;
    const { clientId, clientSecret } = given;
    const kept = clientSecret === undefined && old?.clientId === clientId ? old.sealedSecret : undefined;
    const sealedSecret = clientSecret == null ? kept : await seal(provider, clientSecret);
    after.set(provider, { clientId, ...(sealedSecret === undefined ? {} : { sealedSecret }) });
  }
  return Object.fromEntries(after);
};
