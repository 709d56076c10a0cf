import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Browser } from 'playwright';
import { launchChromium, withChromium } from '../../e2e/chromium.ts';
import { skipWithout } from '../../servers/skipWithout.ts';
import { cleanUp } from '../../support/host.ts';
import { killHard, until } from '../../support/processes.ts';
import { type Backend, type BackendKind, backends, ME } from './journey/backends.ts';
import { type Desk, electronMissing, inBrowser, inElectron, type OpenDesk } from './journey/desks.ts';
import { type Hands, hands } from './journey/hands.ts';
import { type Provider, startProvider } from './journey/provider.ts';
import { mail, row, shot, typeServers } from './window.ts';

type Story = { backend: Backend; provider: Provider; desk: Desk; by: Hands; picture: (name: string) => Promise<void> };

const SUBJECTS = ['Lunch on Friday', 'Old bill', 'Holiday photos', 'Train tickets', 'Garden plans'];

/** Until the server holds an email of that subject that is so; mailboxes by their roles, or names where they have none. */
const atServer = (
  { server }: Backend,
  subject: string,
  isSo: (email: { in: string[]; keywords: string[] }) => boolean,
): Promise<true> =>
  until(`"${subject}" as it should be at the server`, async () => {
    const { emails, mailboxes } = await server.truth();
    const nameOf = (id: string): string => mailboxes[id]?.role ?? mailboxes[id]?.name ?? id;
    return Object.values(emails).some(
      (email) =>
        email.subject === subject && isSo({ in: email.mailboxIds.map(nameOf).toSorted(), keywords: email.keywords }),
    );
  });
const isIn = (mailbox: string) => (email: { in: string[] }) => email.in.join() === mailbox;
const has = (keyword: string) => (email: { keywords: string[] }) => email.keywords.includes(keyword);

const setsUp = async ({ provider, desk, by, picture }: Story): Promise<void> => {
  const { page } = desk;
  await page.getByLabel('Email address').waitFor();
  await picture('1-address');
  if (desk.finds) {
    await by.giveAddress(page, ME);
    await picture('2-found');
    await by.signIn(page, 'secret');
  } else await typeServers(page, ME, provider.plain);
  for (const subject of SUBJECTS) await row(page, subject).waitFor();
};

const reads = async ({ backend, desk, by, picture }: Story): Promise<void> => {
  await by.open(desk.page, 'Train tickets');
  await desk.reads('About Train tickets.');
  await by.star(desk.page, 'Train tickets');
  assert.equal(await row(desk.page, 'Train tickets').locator('.star.on').count(), 1, 'in the very next frame');
  await picture('3-reading');
  await atServer(backend, 'Train tickets', (email) => has('$seen')(email) && has('$flagged')(email));
  await by.close(desk.page);
};

const searches = async ({ desk: { page }, by, picture }: Story): Promise<void> => {
  await by.search(page, 'subject:garden');
  const found = page.locator('#list .subject');
  await until('only what was searched for', async () => (await found.allTextContents()).join() === 'Garden plans');
  await picture('4-search');
  await by.endSearch(page);
  await row(page, 'Old bill').waitFor();
};

const putsAway = async ({ backend, desk: { page }, by }: Story): Promise<void> => {
  await by.open(page, 'Old bill');
  await by.move(page, 'Bills');
  await row(page, 'Old bill').waitFor({ state: 'detached' });
  await by.open(page, 'Holiday photos');
  await by.archive(page);
  assert.equal(await row(page, 'Holiday photos').count(), 0, 'in the very next frame');
  await atServer(backend, 'Old bill', isIn('Bills'));
  await atServer(backend, 'Holiday photos', isIn('archive'));
  await by.undo(page);
  await row(page, 'Holiday photos').waitFor();
  await atServer(backend, 'Holiday photos', isIn('inbox'));
};

const writes = async ({ desk: { page }, by, picture }: Story): Promise<void> => {
  await by.write(page, 'zoe@friends.example', 'News from here', 'All is well.');
  await page.getByText('Draft saved').waitFor();
  await picture('5-composer');
  await by.send(page);
  await page.getByText(/It is sent in \d+ seconds/).waitFor();
};

const receives = async ({ backend, desk, by, picture }: Story): Promise<void> => {
  await backend.server.deliver([mail('Just in')]);
  await row(desk.page, 'Just in').waitFor();
  await by.open(desk.page, 'Just in');
  await desk.reads('About Just in.');
  await picture('6-live');
  await by.close(desk.page);
};

const hasSent = async ({ backend }: Story): Promise<void> => {
  const [message = ''] = await until('the message to be sent', () => backend.sent().length > 0 && backend.sent());
  assert.match(message, /^To: .*zoe@friends\.example/m);
  assert.match(message, /All is well\./);
  await atServer(backend, 'News from here', isIn('sent'));
};

const goesOffline = async ({ backend, provider, desk, by, picture }: Story): Promise<void> => {
  const { page } = desk;
  await provider.cut();
  await by.look(page);
  await page.getByText(`${ME} is offline.`).waitFor();
  await by.open(page, 'Lunch on Friday');
  await by.archive(page);
  await row(page, 'Lunch on Friday').waitFor({ state: 'detached' });
  await by.activity(page);
  await page.getByRole('dialog').locator('li', { hasText: 'Move' }).getByText('waiting').waitFor();
  await picture('7-offline');
  await by.leave(page);
  // What waits is on the disk: it outlives its worker.
  await Promise.all(desk.workers().map(killHard));
  await page.getByText(`${ME} is offline.`).waitFor();
  assert.equal(await row(page, 'Lunch on Friday').count(), 0);
  await provider.mend();
  await by.look(page);
  await atServer(backend, 'Lunch on Friday', isIn('archive'));
  await page.getByText(`${ME} is offline.`).waitFor({ state: 'detached' });
};

const recovers = async ({ backend, desk, by, picture }: Story): Promise<void> => {
  const { page } = desk;
  await Promise.all(desk.workers().map(killHard));
  await by.open(page, 'Garden plans');
  await desk.reads('About Garden plans.');
  await by.star(page, 'Garden plans');
  await picture('8-recovered');
  await atServer(backend, 'Garden plans', has('$flagged'));
  await by.close(page);
};

const tell = async (t: TestContext, open: OpenDesk, kind: BackendKind, by: Hands, where: string): Promise<void> => {
  const backend = await kind.start();
  cleanUp(t, () => backend.stop());
  await backend.server.createMailbox('Bills');
  await backend.server.deliver(SUBJECTS.map((subject) => mail(subject)));
  const provider = await startProvider('example.test', backend.services);
  cleanUp(t, () => provider.stop());
  const desk = await open(t, provider, by.scheme);
  const picture = (name: string): Promise<void> =>
    shot(desk.page, `${where}-${kind.name.replaceAll(' ', '-')}-${by.name}-${name}`);
  const story: Story = { backend, provider, desk, by, picture };
  for (const scene of [setsUp, reads, searches, putsAway, writes, receives, hasSent, goesOffline, recovers]) {
    await scene(story).catch(async (error: unknown) => {
      await picture(`failed-in-${scene.name}`);
      throw error;
    });
  }
  assert.equal(backend.sent().length, 1, 'what was sent was sent once');
  assert.deepEqual(desk.elsewhere, []);
  assert.deepEqual(desk.complaints, []);
};

const tellAll = (open: OpenDesk, where: string): void => {
  for (const kind of backends)
    for (const by of hands)
      it(
        `on ${kind.name}, by the ${by.name}, in ${by.scheme} colours`,
        {
          skip: skipWithout(kind.missing, `the window on ${kind.name}`),
        },
        (t) => tell(t, open, kind, by, where),
      );
};

// Two at a time: much of it is waiting.
const two = { ...withChromium('the window on every server'), concurrency: 2 };

describe('a day with the window in a browser', two, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());
  tellAll(
    inBrowser(() => browser),
    'browser',
  );
});

const noElectron = electronMissing();
if (noElectron !== null) console.error(`SKIPPED: the window in Electron, because ${noElectron}`);

describe('a day with the window in the desktop program', { skip: noElectron ?? false }, () => {
  tellAll(inElectron, 'electron');
});
