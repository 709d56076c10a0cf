import { emailKey } from '../../../src-shared/address.ts';
import type { EmailHead } from '../../../src-shared/model.ts';
import { senderOf } from '../../../src-shared/sender.ts';

/**
 * Whose pictures may always be shown: the address that an email says it is from, as `emailKey` has it. Null where nobody
 * could know who that is: it says several, or there is something suspicious about it.
 */
export const pictureSender = ({ from }: Pick<EmailHead, 'from'>): string | null => {
  const [sender, another] = from;
  if (!sender || another || senderOf(sender).warnings.length > 0) return null;
  return emailKey(sender.email);
};
