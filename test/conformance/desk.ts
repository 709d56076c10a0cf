import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { CallInput, CallOutput } from '../../src-shared/contract.ts';
import type { Config } from '../../src-shared/model.ts';
import type { MailServer } from '../servers/mailServer.ts';
import { until } from '../support/processes.ts';
import { openWorld, ownHome, roleOf, type World } from './world.ts';

/** A message as it left: whom it was handed over for, and its bytes where the server keeps them. */
type Left = { to: string; source: string };

/** A mail server with whatever takes what it sends. `left`: what was handed over, each message once for each recipient. */
export type Post = {
  server: MailServer;
  config: Config;
  left: () => Left[];
  /** The next message is refused for this recipient, for good. */
  refuse: (recipient: string) => void;
};

type Saved = CallInput<'drafts.save'>;
type Submission = CallOutput<'submissions.list'>['submissions'][number];

/** Somebody who writes and sends, in a Tern and on a server of their own. */
export type Desk = World & {
  post: Post;
  save: (draft: Saved) => Promise<string>;
  send: (draft: string, more?: { undoSeconds?: number }) => Promise<string>;
  /** Waits until a submission is in one of these states. */
  settled: (submission: string, ...states: Submission['state'][]) => Promise<Submission>;
  /** Waits until the server has this in the mailbox with a role, by subjects, and Tern the same. */
  holds: (role: string, subjects: string[]) => Promise<void>;
  /** The keywords of the emails in a mailbox, by subject. */
  keywordsIn: (role: string) => Promise<Record<string, string[]>>;
};

const inRole = async ({ server }: Post, role: string) => {
  const truth = await server.truth();
  const mailbox = roleOf(truth, role);
  return Object.values(truth.emails).filter(({ mailboxIds }) => mailboxIds.includes(mailbox));
};

const hold = (emails: { subject: string | null }[], subjects: string[]): boolean =>
  emails.length === subjects.length && subjects.every((each) => emails.some(({ subject }) => subject === each));

/** Opens a desk; the account is added and in step. */
export const openDesk = async (t: TestContext, start: () => Promise<Post>): Promise<Desk> => {
  const post = await start();
  const world = await openWorld(t, async () => ({ ...post.server, config: post.config }), ownHome(t));
  await world.add();
  assert.deepEqual(await world.sync(), { result: 'ok' });
  const call = world.account;
  return {
    ...world,
    post,
    save: async (draft) => (await world.host().call('drafts.save', call(), draft)).draft,
    send: async (draft, more = {}) => (await world.host().call('drafts.send', call(), { draft, ...more })).submission,
    settled: (submission, ...states) =>
      until(`the submission to be ${states.join(' or ')}`, async () => {
        const { submissions } = await world.host().call('submissions.list', call(), {});
        const found = submissions.find(({ id }) => id === submission);
        return found && states.includes(found.state) && found;
      }),
    holds: async (role, subjects) => {
      await until(`${role} to hold ${subjects.join(', ') || 'nothing'}`, async () => {
        if (!hold(await inRole(post, role), subjects)) return false;
        await world.sync();
        return hold((await world.host().call('emails.list', call(), { role })).emails, subjects);
      });
    },
    keywordsIn: async (role) =>
      Object.fromEntries((await inRole(post, role)).map(({ subject, keywords }) => [subject, keywords])),
  };
};
