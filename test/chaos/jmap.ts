import { createJmapDriver } from '../../src-main/driver/jmap/driver.ts';
import { type JmapServer, startJmapServer } from '../servers/jmapServer.ts';
import { everybody } from './cast.ts';
import { eyesById } from './eyes.ts';
import { jmapTroubles } from './jmapTroubles.ts';
import { runMeanwhile } from './meanwhile.ts';
import { type Answer, perilous, type Set as SentSet } from './peril.ts';
import type { Protocol, Site } from './protocol.ts';

const openJmap = async (subject: () => string): Promise<Site<JmapServer>> => {
  const server = await startJmapServer({ limits: { maxConcurrentRequests: 1 } });
  const { config, credential } = server;
  if (config.protocol !== 'jmap') throw new Error('a JMAP server speaks JMAP');
  const [archive, trash] = [server.mailboxId('archive'), server.mailboxId('trash')];
  const mails = [{}, { keywords: ['$seen'] }, { keywords: ['work'] }, {}];
  const elsewhere = [[archive], [trash], [archive, trash]].map((mailboxIds) => ({ mailboxIds }));
  for (const some of [mails, elsewhere]) await server.deliver(some.map((mail) => ({ ...mail, subject: subject() })));
  return {
    server,
    eyes: eyesById(server),
    createDriver: (clock) => createJmapDriver({ config, credential, clock }),
    calm: ({ wrong, ledger, meanwhile }) => {
      server.trouble.reset();
      server.trouble.beforeReply(async ({ methodCalls }, { methodResponses }) => {
        const [sets, answers] = [methodCalls, methodResponses].map((calls) => calls.map(([, args]) => args));
        const { mailboxes } = await server.truth();
        if (!ledger.unguarded) wrong.push(...perilous(sets as SentSet[], answers as Answer[], mailboxes));
        await runMeanwhile(meanwhile);
      });
    },
    makeGood: (rig) => {
      // What was done without an answer and is in no list either, nobody can know: there a look at everything has to help.
      const lost = [...rig.faults.keys()].some((name) => / of a set$|midway|done and|method/.test(name));
      const hidden = rig.faults.has('hidden own changes');
      if (hidden && (lost || rig.crashPoints.size > 0 || rig.crashed()))
        server.trouble.cannotCalculateChanges('Email', 2);
    },
    sent: () => server.setCalls().map(({ method, args, carriedOut }) => ({ method, args, carriedOut })),
    watchCycle: () => {
      server.forgetRequests();
      return () => [
        ...(server.setCalls().length > 0 ? [`a further cycle sends ${JSON.stringify(server.setCalls())}`] : []),
        ...(server.countRequests() === 1 ? [] : [`a further cycle is ${server.countRequests()} requests`]),
      ];
    },
    stop: async () => {
      server.trouble.reset();
      await server.stop();
    },
  };
};

/** Histories over JMAP. */
export const jmap: Protocol<JmapServer> = {
  name: 'jmap',
  cast: everybody,
  troubles: jmapTroubles,
  moments: { meanwhile: [1, 1, 2, 3], stop: [1, 2, 3] },
  open: (_, subject) => openJmap(subject),
};
