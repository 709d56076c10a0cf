import type { EmailHead } from '../../../src-shared/model.ts';

/** What names a conversation among those of all accounts. */
export const threadKey = (account: string, thread: string): string => `${account}/${thread}`;

/** What names a row of a list: its conversation. */
export const rowKey = ({ account, threadId }: EmailHead): string => threadKey(account, threadId);

/** What names an email among those of all accounts. */
export const emailKey = ({ account, id }: { account: string; id: string }): string => `${account}:${id}`;
