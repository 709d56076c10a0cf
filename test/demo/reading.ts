import { performance } from 'node:perf_hooks';
import type { EmailHead } from '../../src-shared/model.ts';
import { paragraph } from './screen.ts';
import type { Stage } from './stage.ts';
import { count, emailLine, some, span } from './views.ts';

type Scene = Stage & { account: string };

/** Opens an email: what it says, and what it would have told its sender. */
export const openMail = async ({ screen, host, account }: Scene, email: EmailHead): Promise<void> => {
  const began = performance.now();
  const body = await host.call('bodies.get', account, { email: email.id });
  const took = span(performance.now() - began);
  if (body.source !== 'cache') throw new Error('the new message did not bring its body');
  if (!body.html || /<script|onerror|tracker/.test(body.html)) throw new Error('what is shown is not safe');
  screen.line(
    `   ${screen.paint.good('✓')} Opened in ${took}, without asking the server: its text came with the sync.`,
  );
  for (const line of paragraph(body.text.trim(), screen.width - 10, 4)) screen.line(screen.paint.dim(`     │ ${line}`));
  const { blockedRemote } = body;
  const pictures = some(blockedRemote, 'picture');
  screen.line(
    `   ${screen.paint.good('✓')} Its script is gone, and ${pictures} from elsewhere not loaded: nobody learns that you read it.`,
  );
};

/** Searches everything that is held. */
export const searchMail = async ({ screen, host, account }: Scene, text: string): Promise<void> => {
  const began = performance.now();
  const { emails, next } = await host.call('search.query', account, { text, limit: 50 });
  const took = span(performance.now() - began);
  if (emails.length === 0) throw new Error(`nothing was found for ${text}`);
  const found = `${count(emails.length)}${next === null ? '' : ' and more'}`;
  screen.line(`   ${text.padEnd(34)} ${found} in ${took}`);
  for (const email of emails.slice(0, 2)) screen.line(emailLine(screen, email));
};
