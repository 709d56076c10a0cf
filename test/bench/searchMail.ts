import type { RemoteEmail } from '../../src-shared/remote.ts';
import { sampleMail } from '../servers/jmap/sampleMail.ts';
import { remoteEmail } from '../support/builders.ts';
import { seededRandom } from '../support/random.ts';

/** Mail for the figures of search, and what its bodies say where they are held. */
export type BenchMail = { email: RemoteEmail; body: string | null };

/** In half of all mail. */
export const COMMON = 'report';
/** In one email of 20,000. */
export const RARE = 'quixotry';
/** So many emails are in the mailbox 'Small', spread over all the time there is. */
export const IN_SMALL = 200;

const WORDS = 40_000;
const PEOPLE = 5_000;
const BODY_WORDS = 150;
const SHARE_WITH_BODY = 0.2;

const syllables = 'ba ker di lon mar ti ves ro pen sul ga nor fe hin da quo lem pra sti ou an er ing tion al en'.split(
  ' ',
);

/** Made-up mail, newest first, one every two minutes: words as languages have them, few often and most seldom. */
export function* benchMail(count: number): Generator<BenchMail, void, void> {
  const random = seededRandom(11);
  const below = (limit: number): number => Math.floor(random() * limit);
  const words = Array.from({ length: WORDS }, () =>
    Array.from({ length: 2 + below(3) }, () => syllables[below(syllables.length)]).join(''),
  );
  const word = (): string => words[Math.floor(WORDS ** random()) - 1] ?? 'a';
  const text = (length: number): string => Array.from({ length }, word).join(' ');
  const people = Array.from({ length: PEOPLE }, (_, n) => ({
    name: `${capital(word())} ${capital(word())}`,
    email: `${word()}.${word()}${n}@${word()}.example`,
  }));
  const person = () => people[Math.floor(PEOPLE ** random()) - 1] ?? { name: null, email: 'someone@example.test' };
  const samples = sampleMail(5_000, { seed: 3 });
  const me = { name: 'Alice Martin', email: 'alice@example.test' };
  const now = Date.UTC(2026, 0, 1) / 1000;
  for (let n = 0; n < count; n++) {
    const sample = samples[n % samples.length];
    const subject = `${sample?.subject ?? ''} ${text(2)}${random() < 0.5 ? ` ${COMMON}` : ''}${n % 20_000 === 777 ? ` ${RARE}` : ''}`;
    const mailboxIds =
      n % Math.floor(count / IN_SMALL) === 5
        ? ['small']
        : [['inbox', 'archive', 'archive', 'lists'][below(4)] ?? 'inbox'];
    if (random() < 0.04) mailboxIds.splice(0, 1, random() < 0.5 ? 'trash' : 'junk');
    yield {
      email: remoteEmail({
        remoteId: `m${n}`,
        mailboxIds,
        threadRemoteId: `t${Math.floor(n / 3)}`,
        receivedAt: now - n * 120 - below(100),
        keywords: random() < 0.97 ? ['$seen'] : [],
        subject,
        from: [person()],
        to: [me],
        cc: random() < 0.2 ? [person()] : [],
        preview: `${sample?.text ?? ''} ${text(10)}`.slice(0, 200),
        attachments: [],
      }),
      body: random() < SHARE_WITH_BODY ? text(BODY_WORDS) : null,
    };
  }
}

const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);
