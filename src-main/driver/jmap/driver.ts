import { z } from 'zod';
import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { Credential, JmapConfig } from '../../../src-shared/model.ts';
import { sleep } from '../../lib/async.ts';
import type { Clock } from '../../lib/clock.ts';
import { safeJson } from '../../lib/json.ts';
import type { Driver } from '../driver.ts';
import { nothingDone } from '../nothingDone.ts';
import { createClient, type JmapClient } from './client.ts';
import { pullContext } from './context.ts';
import { sessionUrlOf, trustedHosts } from './hosts.ts';
import { createHttp } from './http.ts';
import { pullAll } from './pull.ts';
import { type Guards, push, pushSize } from './push.ts';
import { fetchSession } from './session.ts';

type Options = { config: JmapConfig; credential: Credential; clock: Clock };

/** Where the session was finally found, so that a restart goes there at once; void for another configured URL. */
const savedSchema = z.object({ configured: z.string(), found: z.string() });

/** A driver for a JMAP account (RFC 8620, RFC 8621). */
export const createJmapDriver = ({ config, credential, clock }: Options): Driver => {
  const http = createHttp(credential, clock);
  const closing = new AbortController();
  let client: JmapClient | undefined;
  let guards: Guards = { email: null, mailbox: null };
  const connected = (): JmapClient => {
    if (!client) throw new TernError('bug', 'used before the driver was open');
    return client;
  };

  /** The server and its account that every id belongs to. */
  const accountName = (): string => `${sessionUrlOf(config.sessionUrl).host} ${connected().session.accountId}`;

  const connect = async (saved: string | null, signal: AbortSignal): Promise<JmapClient> => {
    const configured = sessionUrlOf(config.sessionUrl);
    const trusted = trustedHosts(configured, config.confirmed ?? []);
    const found = foundBefore(saved, config.sessionUrl);
    const read = (url: URL) => fetchSession(http, url, trusted, clock, signal);
    try {
      return createClient({ http, trusted, clock, session: await read(found ?? configured) });
    } catch (error) {
      // The session moved, or the host it was found on is gone: from the configured URL it may be found again.
      if (!found || found.href === configured.href || ['auth', 'cancelled'].includes(asTernError(error).kind))
        throw error;
      return createClient({ http, trusted, clock, session: await read(configured) });
    }
  };
  return {
    open: async (saved, signal) => {
      client ??= await connect(saved, signal);
      return JSON.stringify({ configured: config.sessionUrl, found: client.session.url.href });
    },
    pull: (cursors, known, signal) => {
      guards = { email: null, mailbox: null };
      const account = accountName();
      const until = AbortSignal.any([signal, closing.signal]);
      return pullAll(pullContext({ client: connected(), account, known, clock, signal: until, cursors }));
    },
    push: async (what, options, signal) => {
      // Ids mean something within one account of one server: what is held of another one is put away by a pull first.
      const { account, email, mailbox } = options.cursors;
      if (account !== accountName() || email === undefined || mailbox === undefined) return nothingDone(what);
      return push({ client: connected(), guards, options, signal: AbortSignal.any([signal, closing.signal]) }, what);
    },
    // Push over JMAP is a later issue: the engine polls.
    watch: (signal) => sleep(clock, null, AbortSignal.any([signal, closing.signal])),
    pushLimit: () => pushSize(connected()),
    traffic: () => ({ ...http.traffic }),
    close: async () => {
      client = undefined;
      // A pull that failed may have left other requests under way.
      closing.abort(new TernError('cancelled', 'the connection was closed'));
    },
  };
};

const foundBefore = (saved: string | null, configured: string): URL | null => {
  if (saved === null) return null;
  const parsed = savedSchema.safeParse(safeJson(saved));
  return parsed.success && parsed.data.configured === configured ? URL.parse(parsed.data.found) : null;
};
