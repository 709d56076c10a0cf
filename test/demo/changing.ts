import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { EmailHead } from '../../src-shared/model.ts';
import type { Stage } from './stage.ts';
import { emailLine, some, span } from './views.ts';

type Scene = Stage & { account: string };

const READ = 20;

/** Archives an email and marks others as read, and waits until the server has both. */
export const changeMail = async (scene: Scene, emails: EmailHead[]): Promise<void> => {
  const { screen, host, server, account } = scene;
  const [archived] = emails;
  const unread = emails.filter(({ keywords }) => !keywords['$seen']).slice(0, READ);
  if (!archived || unread.length === 0) throw new Error('there is nothing to change');
  const began = performance.now();
  await host.call('changes.submit', account, {
    changes: [
      { type: 'move', emails: [archived.id], role: 'archive' },
      { type: 'keywords', emails: unread.map(({ id }) => id), patch: { $seen: true } },
    ],
  });
  const answered = span(performance.now() - began);
  screen.line(
    `   ${screen.paint.good('✓')} One archived and ${some(unread.length, 'email')} marked as read: on disk and shown after ${answered}`,
  );
  // A change that is settled at once is told of by no event: the number of those that wait never changed.
  while ((await host.call('changes.list', account, {})).changes.length > 0) await pause(5);
  const { emails: truth } = await server.truth();
  const archive = server.mailboxId('archive');
  const there = Object.values(truth).some(
    ({ subject, mailboxIds }) => subject === archived.subject && mailboxIds.includes(archive),
  );
  if (!there) throw new Error('the server did not get the change');
  screen.line(
    `   ${screen.paint.good('✓')} The server has them ${span(performance.now() - began)} after they were made`,
  );
};

/** Flags an email while the server is away: it shows, and waits. */
export const changeOffline = async (scene: Scene, email: EmailHead): Promise<void> => {
  const { screen, host, account } = scene;
  const on = email.keywords['$flagged'] ? null : true;
  await host.call('changes.submit', account, {
    changes: [{ type: 'keywords', emails: [email.id], patch: { $flagged: on } }],
  });
  const { emails } = await host.call('emails.get', account, { ids: [email.id] });
  const { changes } = await host.call('changes.list', account, {});
  const [shown] = emails;
  if (!shown?.pending || changes.length !== 1) throw new Error('a change made offline does not show');
  screen.line(
    `   ${screen.paint.good('✓')} One ${on ? 'flagged' : 'unflagged'} meanwhile: it shows, and is ${changes[0]?.state} for the day the server is back`,
  );
  screen.line(emailLine(screen, shown));
};
