import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallOutput } from '../../src-shared/contract.ts';
import type { Behaviour } from './behaviours.ts';
import { listAll } from './replica.ts';
import { letters, type World } from './world.ts';

type Body = CallOutput<'bodies.get'>;

const idOf = async (world: World, subject: string): Promise<string> => {
  const heads = await listAll(world.host(), world.account(), {});
  const found = heads.find((head) => head.subject === subject);
  assert.ok(found, `there is an email '${subject}'`);
  return found.id;
};

const open = async (world: World, subject: string): Promise<Body> =>
  world.host().call('bodies.get', world.account(), { email: await idOf(world, subject) });

/** Bytes that no transfer encoding leaves as they are. */
const picture = Buffer.from(Array.from({ length: 5000 }, (_, n) => (n * 31) % 256));

const newsletter = {
  ...letters('newsletter', 1)[0],
  text: 'Grüße in plain words.',
  html: [
    '<p onclick="alert(1)">Grüße in <b>rich</b> words.</p><script>alert(2)</script>',
    '<img src="cid:logo@conformance"><img src="https://tracker.example/pixel.gif">',
  ].join(''),
  attachments: [
    { name: 'logo.png', type: 'image/png', cid: 'logo@conformance', content: picture },
    { name: '../Übersicht 2026.pdf', type: 'application/pdf', content: picture },
  ],
};

const opened: Behaviour = [
  'an email is opened safe, with what it holds, and again without the network',
  async (world) => {
    await world.server.deliver([newsletter]);
    await world.add();
    await world.agree();
    const first = await open(world, 'newsletter 1');
    assert.match(first.html ?? '', /Grüße in <b>rich<\/b> words/);
    assert.doesNotMatch(first.html ?? '', /script|onclick|tracker\.example/);
    assert.match(first.html ?? '', /<img[^>]*src="tern-mail:\/\/[^"]+\/part\/[^"]+"/);
    assert.equal(first.blockedRemote, 1);
    assert.match(first.text, /Grüße in plain words/);
    assert.deepEqual(first.attachments.map(({ type }) => type).toSorted(), ['application/pdf', 'image/png']);
    await world.gate.close();
    const again = await open(world, 'newsletter 1');
    assert.deepEqual(again, { ...first, source: 'cache' });
    await world.gate.open();
  },
];

const files: Behaviour = [
  'an attachment and the source of an email are files with their very bytes',
  async (world) => {
    await world.server.deliver([newsletter]);
    await world.add();
    await world.agree();
    const email = await idOf(world, 'newsletter 1');
    const { attachments } = await open(world, 'newsletter 1');
    const part = attachments.find(({ type }) => type === 'application/pdf')?.part ?? '';
    const file = await world.host().call('attachments.read', world.account(), { email, part });
    assert.ok(readFileSync(file.path).equals(picture));
    assert.deepEqual([file.name, file.type, file.size], ['Übersicht 2026.pdf', 'application/pdf', picture.length]);
    assert.equal(statSync(file.path).mode & 0o77, 0, 'nobody else reads it');
    const source = await world.host().call('emails.source', world.account(), { email });
    const text = readFileSync(source.path, 'utf8');
    assert.match(text, /^Subject: newsletter 1\r$/m);
    assert.match(text, /onclick="alert\(1\)"/);
  },
];

const offline: Behaviour = [
  'what nobody opened yet can be read without the network, once there was time',
  async (world) => {
    await world.server.deliver(letters('mail', 60, (n) => ({ text: `This is what mail ${n} says.` })));
    await world.add();
    await world.agree();
    const ready = async (): Promise<boolean> => {
      const heads = await listAll(world.host(), world.account(), {});
      return heads.every(({ preview }) => preview.startsWith('This is what mail'));
    };
    // While somebody asks, bodies are fetched only once a second.
    while (!(await ready())) await sleep(400);
    // Previews over JMAP come with the email; the bodies of the newest came with it, too.
    await world.gate.close();
    for (const n of [1, 30, 60]) {
      const body = await open(world, `mail ${n}`);
      assert.match(body.text, new RegExp(`This is what mail ${n} says`));
      assert.equal(body.source, 'cache');
    }
    await world.gate.open();
  },
];

/** Reading mail: bodies, attachments, sources. */
export const readingBehaviours: Behaviour[] = [opened, files, offline];
