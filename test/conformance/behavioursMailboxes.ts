import assert from 'node:assert/strict';
import type { Behaviour } from './behaviours.ts';
import { letters, roleOf, type World } from './world.ts';

const start = async (world: World): Promise<void> => {
  await world.server.deliver(letters('mail', 3));
  await world.add();
  await world.agree();
};

const paths = async (world: World): Promise<string[]> => (await world.agree()).mailboxes.map(({ path }) => path);

const created: Behaviour = [
  'a mailbox made elsewhere comes, empty or with mail in it, at the top or below another',
  async (world) => {
    await start(world);
    const top = await world.server.createMailbox('Projekte');
    assert.ok((await paths(world)).includes('Projekte'));
    const below = await world.server.createMailbox('Größe', top);
    await world.server.deliver(letters('inside', 2, () => ({ mailboxIds: [below] })));
    const { mailboxes } = await world.agree();
    assert.deepEqual(
      mailboxes.find(({ path }) => path === 'Projekte/Größe'),
      { path: 'Projekte/Größe', role: null, totalEmails: 2, unreadEmails: 2 },
    );
  },
];

const renamed: Behaviour = [
  'a mailbox renamed elsewhere keeps its mail and its children',
  async (world) => {
    const top = await world.server.createMailbox('Before');
    const below = await world.server.createMailbox('Child', top);
    await world.server.deliver(letters('inside', 2, () => ({ mailboxIds: [top, below] })));
    await start(world);
    const idOf = async (path: string): Promise<string | undefined> => {
      const { mailboxes } = await world.host().call('mailboxes.list', world.account(), {});
      return mailboxes.find((mailbox) => mailbox.path === path)?.id;
    };
    const id = await idOf('Before');
    await world.server.renameMailbox(top, 'After');
    assert.ok((await paths(world)).includes('After/Child'));
    assert.equal(await idOf('After'), id);
  },
];

const moved: Behaviour = [
  'a mailbox moved below another one, and back to the top',
  async (world, t) => {
    if (!world.server.moveMailbox) return t.skip(`${world.server.name} cannot move a mailbox`);
    const other = await world.server.createMailbox('Other');
    const mover = await world.server.createMailbox('Mover');
    await world.server.deliver(letters('inside', 2, () => ({ mailboxIds: [mover] })));
    await start(world);
    await world.server.moveMailbox(mover, other);
    assert.ok((await paths(world)).includes('Other/Mover'));
    await world.server.moveMailbox(mover, null);
    assert.ok((await paths(world)).includes('Mover'));
  },
];

const deletedEmpty: Behaviour = [
  'an empty mailbox deleted elsewhere goes',
  async (world) => {
    const box = await world.server.createMailbox('Empty');
    await start(world);
    await world.server.deleteMailbox(box);
    assert.ok(!(await paths(world)).includes('Empty'));
  },
];

const deletedFull: Behaviour = [
  'a mailbox deleted elsewhere takes along the mail that is nowhere else, and only that',
  async (world) => {
    const { server } = world;
    const inbox = roleOf(await server.truth(), 'inbox');
    const box = await server.createMailbox('Full');
    await server.deliver(letters('only here', 4, () => ({ mailboxIds: [box] })));
    await server.deliver(letters('here and there', 4, () => ({ mailboxIds: [box, inbox] })));
    await start(world);
    await server.deleteMailbox(box);
    await server.deliver(letters('after', 2));
    const { emails } = await world.agree();
    assert.equal(emails.length, 3 + 4 + 2);
    const again = await server.createMailbox('Full');
    await server.deliver(letters('the new one', 1, () => ({ mailboxIds: [again] })));
  },
];

const takenOver: Behaviour = [
  'a name given up by one mailbox and taken by another',
  async (world) => {
    const { server } = world;
    const one = await server.createMailbox('One');
    const two = await server.createMailbox('Two');
    await server.deliver(letters('in one', 1, () => ({ mailboxIds: [one] })));
    await server.deliver(letters('in two', 2, () => ({ mailboxIds: [two] })));
    await start(world);
    await server.renameMailbox(one, 'Aside');
    await server.renameMailbox(two, 'One');
    await server.renameMailbox(one, 'Two');
    const { mailboxes } = await world.agree();
    assert.equal(mailboxes.find(({ path }) => path === 'One')?.totalEmails, 2);
  },
];

/** What becomes of mailboxes while Tern runs. */
export const mailboxBehaviours: Behaviour[] = [created, renamed, moved, deletedEmpty, deletedFull, takenOver];
