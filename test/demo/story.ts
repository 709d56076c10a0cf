import { performance } from 'node:perf_hooks';
import type { EmailHead } from '../../src-shared/model.ts';
import type { Truth } from '../servers/mailServer.ts';
import type { HostEvent } from '../support/host.ts';
import { changeMail, changeOffline } from './changing.ts';
import { openMail, searchMail } from './reading.ts';
import { answerMail } from './sending.ts';
import type { Stage } from './stage.ts';
import { count, cycleTable, emailLine, legend, mailboxTree, progressBar, some, span, threadView } from './views.ts';

/** A stage with the account on it. */
type Scene = Stage & { account: string };

/** Tells it all, chapter by chapter, and answers the account's id. `offline`: the last chapter stops the server. */
export const tellStory = async (stage: Stage, offline: boolean): Promise<string> => {
  const scene = await firstSync(stage);
  await showMailboxes(scene);
  await showNewest(scene);
  await showConversation(scene);
  await receive(scene);
  await read(scene);
  await search(scene);
  await answer(scene);
  await change(scene);
  await showLog(scene);
  if (offline) await goOffline(scene);
  return scene.account;
};

const chapter = ({ screen }: Stage, title: string, about: string): void => {
  screen.line();
  screen.line(`${screen.paint.head(title)}  ${screen.paint.dim(about)}`);
};

const firstSync = async (stage: Stage): Promise<Scene> => {
  const { screen, server, host, email } = stage;
  chapter(stage, 'First sync', 'accounts.add, then nothing but events');
  screen.line(`   server  ${server.url}, in this process, user ${email}`);
  screen.line(`   host    process ${host.pid}, data in ${host.dataDir}`);
  screen.redraw('   starting the host');
  const show = progressLine(stage);
  let began = 0;
  // Called with every event in turn, and therefore able to show each of them.
  const settled = host.event((event) => {
    began ||= performance.now();
    show(event, performance.now() - began);
    return event.event === 'phase' && ['live', 'offline', 'blocked'].includes(event.data.phase);
  });
  const { config, credential } = server;
  const { account } = await host.call('accounts.add', null, { email, config, credential });
  const last = await settled;
  if (last.event === 'phase' && last.data.phase !== 'live')
    throw new Error(`the first sync failed: ${last.data.error?.message ?? last.data.phase}`);
  const scene = { ...stage, account: account.id };
  const { emails } = await server.truth();
  const took = span(performance.now() - began);
  if (!screen.redraws) screen.line(`   live after ${took}`);
  await compare(scene);
  const checked = `${some(Object.keys(emails).length, 'message')}, and every counter equals the server's.`;
  screen.line(`   ${screen.paint.good('✓')} In step: ${checked}`);
  return scene;
};

/** Shows events of the first sync: on a terminal in one line, else a line for each phase and each quarter. */
const progressLine = ({ screen }: Stage): ((event: HostEvent, ms: number) => void) => {
  let phase = '';
  let done = 0;
  let total = 0;
  let quarter = 0;
  return (event, ms) => {
    if (event.event !== 'phase' && event.event !== 'progress') return;
    if (event.event === 'phase') phase = event.data.phase;
    else ({ done, total } = event.data);
    const numbers = total > 0 ? `${count(done)} of ${count(total)}` : '';
    if (screen.redraws) {
      const bar = progressBar(screen, done, total);
      screen.redraw(`   ${bar} ${numbers.padEnd(14)} ${span(ms).padStart(6)}  ${phase}`);
    } else if (event.event === 'progress' && Math.floor((4 * done) / total) > quarter) {
      quarter = Math.floor((4 * done) / total);
      screen.line(`   ${numbers} messages`);
    } else if (event.event === 'phase' && phase !== 'live') screen.line(`   ${phase}`);
  };
};

/** Counters by path, as the server knows them. */
const truthByPath = ({ mailboxes }: Truth): Map<string, string> => {
  const pathOf = (id: string): string => {
    const box = mailboxes[id];
    if (!box) return '';
    return box.parentId === null ? box.name : `${pathOf(box.parentId)}/${box.name}`;
  };
  return new Map(
    Object.entries(mailboxes).map(([id, box]) => [pathOf(id), `${box.unreadEmails} unread of ${box.totalEmails}`]),
  );
};

/** Throws unless the replica has the mailboxes of the server, with its counters. */
const compare = async ({ host, server, account }: Scene): Promise<void> => {
  const { mailboxes } = await host.call('mailboxes.list', account, {});
  const wanted = truthByPath(await server.truth());
  if (mailboxes.length !== wanted.size)
    throw new Error(`the server has ${some(wanted.size, 'mailbox')}, and Tern ${mailboxes.length}`);
  for (const { path, unreadEmails, totalEmails } of mailboxes) {
    const held = `${unreadEmails} unread of ${totalEmails}`;
    if (wanted.get(path) !== held)
      throw new Error(`${path} has ${wanted.get(path)} on the server, and ${held} in Tern`);
  }
};

const showMailboxes = async (scene: Scene): Promise<void> => {
  const { screen, host, account } = scene;
  const { mailboxes } = await host.call('mailboxes.list', account, {});
  chapter(scene, 'Mailboxes', 'mailboxes.list');
  for (const line of mailboxTree(screen, mailboxes)) screen.line(line);
};

const inbox = async ({ host, account }: Scene, limit: number): Promise<EmailHead[]> => {
  const { emails } = await host.call('emails.list', account, { role: 'inbox', collapseThreads: true, limit });
  return emails;
};

const showNewest = async (scene: Scene): Promise<void> => {
  const { screen } = scene;
  const emails = await inbox(scene, 10);
  if (emails.length < 10) throw new Error(`the inbox shows only ${some(emails.length, 'email')}`);
  chapter(scene, 'Newest in the inbox', 'emails.list');
  for (const email of emails) screen.line(emailLine(screen, email));
  screen.line(legend(screen));
};

const showConversation = async (scene: Scene): Promise<void> => {
  const { screen, host, account } = scene;
  const head = (await inbox(scene, 50)).find(({ threadSize = 1 }) => threadSize >= 4 && threadSize <= 5);
  if (!head) throw new Error('no conversation of four or five emails in the inbox');
  const { emails } = await host.call('threads.get', account, { thread: head.threadId });
  chapter(scene, 'One conversation', 'threads.get');
  for (const line of threadView(screen, emails)) screen.line(line);
};

/** Does something elsewhere, and answers the newest email of the inbox once Tern tells of it by itself. */
const watch = async (scene: Scene, elsewhere: () => Promise<unknown>): Promise<{ email: EmailHead; took: string }> => {
  const { host } = scene;
  const before = new Set(host.events);
  const began = performance.now();
  await elsewhere();
  await host.event((event) => !before.has(event) && event.event === 'changed' && event.data.emails !== undefined);
  const [email] = await inbox(scene, 1);
  if (!email) throw new Error('the inbox is empty');
  return { email, took: span(performance.now() - began) };
};

const receive = async (scene: Scene): Promise<void> => {
  const { screen, server } = scene;
  chapter(scene, 'While you watch', 'the events changed and notify');
  screen.line(
    screen.paint.dim('   The server tells of news over an event source (RFC 8620): nobody asks for anything.'),
  );
  const subject = 'Landed safely 🛬';
  const mail = {
    from: { name: 'Yuki Tanaka (田中由紀)', email: 'yuki@tanaka.example' },
    to: [{ name: 'Alice Martin', email: scene.email }],
    subject,
    text: 'Home again! The night train was worth it. Pictures follow, and 乾杯 when you are back in town.\n',
    html: '<p>Home again! The <b>night train</b> was worth it. Pictures follow, and 乾杯 when you are back in town.</p><script>alert(1)</script><img src="https://tracker.example/yuki.gif">',
    receivedAt: new Date(),
  };
  let ids: string[] = [];
  const arrived = await watch(scene, async () => {
    ids = await server.deliver([mail]);
  });
  if (arrived.email.subject !== subject) throw new Error('the new message did not arrive');
  screen.line(`   ${screen.paint.good('✓')} A new message on the server, listed by Tern ${arrived.took} later:`);
  screen.line(emailLine(screen, arrived.email));
  const flagged = await watch(scene, () => server.setKeywords(ids, { $flagged: true, $seen: true }));
  if (flagged.email.subject !== subject || !flagged.email.keywords['$flagged'] || !flagged.email.keywords['$seen'])
    throw new Error('the flag did not arrive');
  screen.line(`   ${screen.paint.good('✓')} Another client read and flagged it, shown by Tern ${flagged.took} later:`);
  screen.line(emailLine(screen, flagged.email));
};

const read = async (scene: Scene): Promise<void> => {
  const [newest] = await inbox(scene, 1);
  if (!newest) throw new Error('the inbox is empty');
  chapter(scene, 'What it says', 'bodies.get');
  await openMail(scene, newest);
};

const search = async (scene: Scene): Promise<void> => {
  chapter(scene, 'Found', 'search.query, in 3,001 messages');
  for (const text of ['night train', 'from:yuki 乾杯', 'in:archive has:attachment']) await searchMail(scene, text);
};

const change = async (scene: Scene): Promise<void> => {
  chapter(scene, 'What you change', 'changes.submit, then changes.list until it is empty');
  const { emails } = await scene.host.call('emails.list', scene.account, { role: 'inbox', limit: 200 });
  await changeMail(scene, emails);
  await compare(scene);
};

const answer = async (scene: Scene): Promise<void> => {
  const [newest] = await inbox(scene, 1);
  if (!newest) throw new Error('the inbox is empty');
  chapter(scene, 'What you answer', 'drafts.begin, drafts.save, drafts.send');
  await answerMail(scene, newest);
};

const showLog = async (scene: Scene): Promise<void> => {
  const { screen, host, account } = scene;
  const { cycles } = await host.call('sync.log', account, { limit: 10 });
  chapter(scene, 'What it took', 'sync.log');
  for (const line of cycleTable(screen, cycles.toReversed())) screen.line(line);
};

const goOffline = async (scene: Scene): Promise<void> => {
  const { screen, server, host, account } = scene;
  await compare(scene);
  const before = await inbox(scene, 200);
  await server.stop();
  chapter(scene, 'Offline', 'the server is stopped');
  const { result, error } = await host.call('sync.now', account, {});
  if (result !== 'error') throw new Error('sync.now answered ok without a server');
  screen.line(`   sync.now answers   ${error?.kind}: ${error?.message}`);
  const { accounts } = await host.call('accounts.list', null, {});
  screen.line(`   the account is     ${accounts[0]?.phase}, and tries again by itself`);
  const began = performance.now();
  const after = await inbox(scene, 200);
  const took = span(performance.now() - began);
  if (JSON.stringify(after) !== JSON.stringify(before))
    throw new Error('the inbox reads differently without the server');
  screen.line(
    `   ${screen.paint.good('✓')} The newest ${count(after.length)} conversations, read from the replica in ${took}, the same as before:`,
  );
  for (const email of after.slice(0, 3)) screen.line(emailLine(screen, email));
  screen.line(screen.paint.dim('     …'));
  const [newest] = after;
  if (newest) await changeOffline(scene, newest);
};
