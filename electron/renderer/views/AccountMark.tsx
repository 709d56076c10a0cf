import type { AccountRow } from '../../../src-shared/contractRows.ts';

/** The colour by which a person tells accounts apart, where one was chosen. */
export const AccountMark = ({ account: { colour } }: { account: Pick<AccountRow, 'colour'> }) =>
  colour === null ? null : <span class="account-mark" style={{ background: colour }} aria-hidden="true" />;
