import type { Driver } from '../../src-main/driver/driver.ts';
import { createImapDriver } from '../../src-main/driver/imap/driver.ts';
import { createJmapDriver } from '../../src-main/driver/jmap/driver.ts';
import { createSmtpSender } from '../../src-main/driver/smtp/sender.ts';
import { noCounts } from '../../src-main/engine/apply.ts';
import { createConnection } from '../../src-main/engine/connection.ts';
import { runCycle } from '../../src-main/engine/cycle.ts';
import type { Config, Credential } from '../../src-shared/model.ts';
import type { FakeClock } from './clock.ts';
import type { Site } from './site.ts';

type Account = { config: Config; credential: Credential };

const driverOf = ({ config, credential }: Account, clock: FakeClock): Driver => {
  if (config.protocol === 'imap') return createImapDriver({ config, credential, clock });
  const bytes = config.smtp ? { bytes: createSmtpSender({ server: config.smtp, credential, clock }) } : {};
  return createJmapDriver({ config, credential, clock, ...bytes });
};

const unheard = {
  opened: () => undefined,
  flushed: () => undefined,
  progress: () => undefined,
  arrived: () => undefined,
};

/** An account of a server that speaks its protocol, reached by the real driver; `stop` ends the server. */
export const realSite = ({ config, credential }: Account, stop: () => Promise<void>): Site => ({
  config,
  credential,
  start: (store, clock) => {
    const connection = createConnection(store, async () => driverOf({ config, credential }, clock));
    const ending = new AbortController();
    return {
      driver: async (signal) => connection.opened() ?? connection.open(signal),
      pull: async () => {
        const parts = { store, clock, connection, submitted: () => false, thorough: true };
        try {
          await runCycle(parts, noCounts(), unheard, ending.signal);
        } catch (error) {
          await connection.close();
          throw error;
        }
      },
      stop: async () => {
        ending.abort();
        await connection.close();
      },
    };
  },
  stop,
});
