import * as z from 'zod';
import { TernError } from '../../../src-shared/errors.ts';
import type { JmapConfig } from '../../../src-shared/model.ts';
import type { Clock } from '../../lib/clock.ts';
import { safeJson } from '../../lib/json.ts';
import { createSlots } from '../../lib/slots.ts';
import type { SignIn } from '../access.ts';
import { READING_SILENCE_MS } from '../silence.ts';
import { createClient, must } from './client.ts';
import { findSession } from './connect.ts';
import { sessionUrlOf, trustedHosts } from './hosts.ts';
import { createHttp, type Http } from './http.ts';

type Parts = { config: JmapConfig; credential: SignIn; clock: Clock };
type Tried = { capabilities: string[]; hosts: string[] };

/**
 * Signs in to the session and asks its API for nothing. `hosts`: those that the session names and nobody agreed to yet; the
 * API is not asked then. Throws as `fetchSession` does: `forbidden` where the session itself is on such a host.
 */
export const tryJmap = async ({ config, credential, clock }: Parts, signal: AbortSignal): Promise<Tried> => {
  const plain = createHttp(credential, clock, READING_SILENCE_MS);
  let capabilities: string[] | null = null;
  const http: Http = {
    ...plain,
    get: async (url, until) => {
      const answer = await plain.get(url, until);
      if (answer.status === 200) capabilities = capabilitiesIn(answer.text);
      return answer;
    },
  };
  const trusted = trustedHosts(sessionUrlOf(config.sessionUrl), config.confirmed ?? []);
  try {
    const session = await findSession({ config, http, clock }, null, signal);
    const client = createClient({ http, session, trusted, clock, slots: createSlots(() => 1) });
    const [answer] = await client.call([['Mailbox/get', { ids: [] }]], signal);
    must(answer, z.object({}), 'Mailbox/get');
    return { capabilities: capabilities ?? [], hosts: [] };
  } catch (error) {
    const hosts = error instanceof TernError && error.kind === 'forbidden' ? error.detail?.['confirm'] : undefined;
    if (capabilities === null || !Array.isArray(hosts)) throw error;
    return { capabilities, hosts };
  }
};

const sessionSchema = z.object({ capabilities: z.record(z.string(), z.unknown()) });

const capabilitiesIn = (text: string): string[] =>
  Object.keys(sessionSchema.safeParse(safeJson(text)).data?.capabilities ?? {});
