import type { MailServer } from '../servers/mailServer.ts';

/** Where behaviours are shown: each on an account of its own, most of them on a server that others use as well. */
export type Servers = {
  account: () => Promise<MailServer>;
  /** A server of its own, which may be killed. */
  alone: () => Promise<MailServer>;
  /** Ends what is shared. */
  stop(): Promise<void>;
};

/** A server for each account: for those that start in no time. */
export const oneEach = (start: () => Promise<MailServer>): Servers => ({
  account: start,
  alone: start,
  stop: async () => undefined,
});

type WithUsers = MailServer & { addUser(user: string): Promise<MailServer> };

/** One server for all accounts, started when the first one is asked for. */
export const accountsOnOne = (start: () => Promise<WithUsers>): Servers => {
  let shared: Promise<WithUsers> | undefined;
  let users = 0;
  return {
    account: async () => {
      shared ??= start();
      users += 1;
      const user = `user${users}`;
      return (await shared).addUser(user);
    },
    alone: start,
    stop: async () => (await shared)?.stop(),
  };
};
