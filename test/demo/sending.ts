import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { EmailHead } from '../../src-shared/model.ts';
import { cut } from './screen.ts';
import type { Stage } from './stage.ts';
import { emailLine, span } from './views.ts';

type Scene = Stage & { account: string };

/** Answers an email: what is begun, sent with a copy to somebody untold, and where it lies then. */
export const answerMail = async (scene: Scene, email: EmailHead): Promise<void> => {
  const { screen, host, account, server } = scene;
  const begun = await host.call('drafts.begin', account, { email: email.id, mode: 'reply' });
  const { to, subject } = begun;
  const text = `Thank you, that suits me.\n${begun.text}`;
  const bcc = [{ email: 'somebody.else@example.test' }];
  const { draft } = await host.call('drafts.save', account, { inReplyTo: email.id, to, subject, text, bcc });
  screen.line(`   To ${to.map((each) => each.email).join(', ')}, and one blind copy: ${subject}`);
  for (const line of text.split('\n').slice(0, 5))
    screen.line(screen.paint.dim(`     │ ${cut(line, screen.width - 10)}`));
  const began = performance.now();
  const { submission } = await host.call('drafts.send', account, { draft });
  await settled(scene, submission);
  const took = span(performance.now() - began);
  if (server.sent.length !== 2) throw new Error(`the message was handed over ${server.sent.length} times`);
  if (server.sent.some(({ data }) => data.includes('somebody.else'))) throw new Error('a blind recipient was told');
  screen.line(`   ${screen.paint.good('✓')} Sent in ${took}, once to each; nobody is told of the blind copy.`);
  await host.call('sync.now', account, {});
  const { emails } = await host.call('emails.list', account, { role: 'sent', limit: 1 });
  if (emails[0]?.subject !== subject) throw new Error('there is no copy in Sent');
  screen.line(emailLine(screen, emails[0]));
};

/** Waits until the server has a message, and its copy lies in Sent. */
const settled = async ({ host, account }: Scene, submission: string): Promise<void> => {
  for (;;) {
    const { submissions } = await host.call('submissions.list', account, {});
    const state = submissions.find(({ id }) => id === submission)?.state;
    if (state === 'done') return;
    if (state === 'failed' || state === 'uncertain') throw new Error(`the message is ${state}`);
    await pause(10);
  }
};
