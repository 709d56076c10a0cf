import * as z from 'zod';
import { asTernError } from '../../../src-shared/errors.ts';
import type { JmapConfig } from '../../../src-shared/model.ts';
import type { Clock } from '../../lib/clock.ts';
import { safeJson } from '../../lib/json.ts';
import { sessionUrlOf, trustedHosts } from './hosts.ts';
import type { Http } from './http.ts';
import { fetchSession, type Session } from './session.ts';

/** Where the session was finally found, so that a restart goes there at once; void for another configured URL. */
const savedSchema = z.object({ configured: z.string(), found: z.string() });

type Parts = { config: JmapConfig; http: Http; clock: Clock };

/** Reads the session where it was found last, else at the configured URL. `saved` is what `savedText` made of one. */
export const findSession = async (
  { config, http, clock }: Parts,
  saved: string | null,
  signal: AbortSignal,
): Promise<Session> => {
  const configured = sessionUrlOf(config.sessionUrl);
  const trusted = trustedHosts(configured, config.confirmed ?? []);
  const found = foundBefore(saved, config.sessionUrl);
  const read = (url: URL) => fetchSession(http, url, trusted, clock, signal);
  try {
    return await read(found ?? configured);
  } catch (error) {
    // The session moved, or the host it was found on is gone: from the configured URL it may be found again.
    if (!found || found.href === configured.href || ['auth', 'cancelled'].includes(asTernError(error).kind))
      throw error;
    return await read(configured);
  }
};

/** What a later run needs to find the session at once. */
export const savedText = ({ sessionUrl }: JmapConfig, { url }: Session): string =>
  JSON.stringify({ configured: sessionUrl, found: url.href });

const foundBefore = (saved: string | null, configured: string): URL | null => {
  if (saved === null) return null;
  const parsed = savedSchema.safeParse(safeJson(saved));
  return parsed.success && parsed.data.configured === configured ? URL.parse(parsed.data.found) : null;
};
