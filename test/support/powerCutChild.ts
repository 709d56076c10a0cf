// A process of its own that writes a draft, has it filed, and sends it, so that what it asks of the disk can be watched from
// outside. Prints a word as soon as somebody may rely on something: that is what has to be on the disk by then.
import { writeSync } from 'node:fs';
import { openDesk } from './worldOutgoing.ts';

const say = (word: string): void => void writeSync(1, `${word}\n`);

const d = await openDesk();
const letter = {
  to: [{ email: 'bob@example.test' }],
  bcc: [{ email: 'eve@example.test' }],
  subject: 'Lunch',
  attachments: [{ name: 'menu.txt', type: 'text/plain', bytes: Buffer.from('soup').toString('base64') }],
};
d.mailer.script.thinking = async () => say('handed over');
say('begun');
const draft = await d.save({ ...letter, text: 'At noon?' });
say('saved');
await d.pass(10_000);
say('filed');
await d.save({ ...letter, draft, text: 'At one?', attachments: [] });
say('saved');
const submission = d.send(draft);
say('asked');
await d.rest();
say(d.submission(submission)?.state ?? '');
const another = await d.save({ ...letter, text: 'And supper?' });
say('saved');
await d.discard(another);
say('discarded');
await d.end();
