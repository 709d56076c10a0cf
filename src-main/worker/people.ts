import { emailKey } from '../../src-shared/address.ts';
import type { CallOutput, ParsedInput } from '../../src-shared/contract.ts';
import { ownKeys } from '../../src-shared/reply/identity.ts';
import { answerers } from '../engine/outgoing/whoSends.ts';
import { readAccount } from '../store/account.ts';
import type { ReadDb } from '../store/db.ts';
import { suggestPeople } from '../store/people.ts';

/** Whom the person may mean, not counting themselves, whom most of their mail names. `now`: in seconds since the epoch. */
export const answerPeople = (
  db: ReadDb,
  { text, limit }: ParsedInput<'people.suggest'>,
  now: number,
): CallOutput<'people.suggest'> => {
  const own = ownKeys(answerers(db)).add(emailKey(readAccount(db)?.email ?? ''));
  const others = suggestPeople(db, text, limit + own.size, now).filter(({ email }) => !own.has(emailKey(email)));
  return { people: others.slice(0, limit) };
};
