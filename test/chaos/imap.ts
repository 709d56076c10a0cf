import type { Driver } from '../../src-main/driver/driver.ts';
import { createImapDriver } from '../../src-main/driver/imap/driver.ts';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import type { CommandHook } from '../servers/imap/faults.ts';
import { type ImapServer, startImapServer } from '../servers/imapServer.ts';
import { everybody } from './cast.ts';
import { type Box, containerAt, imapEyes, type Sight } from './imapEyes.ts';
import { changesThings, imapTroubles } from './imapTroubles.ts';
import { runMeanwhile } from './meanwhile.ts';
import type { Protocol, Site } from './protocol.ts';
import type { Step } from './steps.ts';

/** What the server can; the step that a history begins with says which. */
const abilities = ['full', 'noQresync', 'noCondstore', 'noMove', 'noIdle', 'bare', 'objectId'] as const;

const capabilitiesOf = (history: readonly Step[]): (typeof abilities)[number] => {
  const [number = 0] = history.find(({ name }) => name === 'server')?.numbers ?? [];
  return abilities[number % abilities.length] ?? 'full';
};

/** IDLE tells in its own time, which no history repeats: polling finds the same. */
const unwatched = (driver: Driver): Driver => ({
  ...driver,
  watch: (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(0), { once: true })),
});

/** Names that only hold others come and go with those: they are told by their paths. */
const nameOf = ({ id, path, selectable }: ReturnType<ImapServer['boxes']>[number]): string =>
  selectable ? id : containerAt(path);

const boxesOf = (server: ImapServer): Box[] =>
  server.boxes().map((box) => ({ id: nameOf(box), path: box.path, uidValidity: String(box.uidValidity) }));

const sightOf = async (server: ImapServer): Promise<Sight> => {
  const truth = await server.truth();
  const names = new Map(server.boxes().map((box) => [box.id, nameOf(box)]));
  const named = (id: string | null): string | null => (id === null ? null : (names.get(id) ?? id));
  const mailboxes = Object.fromEntries(
    Object.entries(truth.mailboxes).map(([id, box]) => [named(id), { ...box, parentId: named(box.parentId) }]),
  );
  return {
    boxes: boxesOf(server),
    truth: { mailboxes, emails: truth.emails },
    uidOf: (id) => server.places(id)[0]?.uid ?? 0,
  };
};

/** What must never be sent: it would expunge what others marked, or replace what they set. */
const forbidden = ({ verb, line }: ImapServer['commands'][number]): boolean =>
  verb === 'EXPUNGE' || verb === 'CLOSE' || (verb.endsWith('STORE') && !/ [+-]FLAGS/i.test(line));

const openImap = async (history: readonly Step[], subject: () => string): Promise<Site<ImapServer>> => {
  const server = await startImapServer({ capabilities: capabilitySets[capabilitiesOf(history)] });
  const { config, credential } = server;
  if (config.protocol !== 'imap') throw new Error('an IMAP server speaks IMAP');
  const [archive, trash] = [server.mailboxId('archive'), server.mailboxId('trash')];
  const mails = [{}, { keywords: ['$seen'] }, { keywords: ['work'] }, {}];
  const elsewhere = [archive, trash, archive].map((mailbox) => ({ mailboxIds: [mailbox] }));
  await server.deliver([...mails, ...elsewhere].map((mail) => ({ ...mail, subject: subject() })));
  return {
    server,
    eyes: imapEyes(
      () => sightOf(server),
      () => boxesOf(server),
    ),
    createDriver: (clock) => unwatched(createImapDriver({ config, credential, clock })),
    calm: ({ meanwhile }) => {
      server.trouble.reset();
      // DELETE has no condition: what comes into a mailbox between Tern's last look and the command goes with it.
      const unless =
        (verb: string): CommandHook =>
        (command) =>
          command.verb === verb ? undefined : runMeanwhile(meanwhile);
      server.trouble.beforeCommand(unless('DELETE'));
      server.trouble.beforeAnswer(unless('STATUS'));
    },
    sent: () => server.commands.filter(changesThings).map(({ line, status }) => [line, status]),
    watchCycle: () => {
      const before = server.commands.length;
      return () => [
        ...server.commands.filter(forbidden).map(({ line }) => `must never be sent: ${line}`),
        ...server.commands
          .slice(before)
          .filter((command) => changesThings(command) || command.line.includes('BODY'))
          .map(({ line }) => `a further cycle sends ${line}`),
      ];
    },
    stop: async () => {
      server.trouble.reset();
      await server.stop();
    },
  };
};

/** Histories over IMAP. */
export const imap: Protocol<ImapServer> = {
  name: 'imap',
  cast: everybody,
  troubles: imapTroubles,
  moments: { meanwhile: [1, 2, 3, 5, 8, 12, 20, 30], stop: [1, 2, 4, 7, 12, 20] },
  prelude: (random) => [{ name: 'server', numbers: [Math.floor(random() * 1000)] }],
  open: openImap,
};
