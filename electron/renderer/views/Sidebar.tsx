import { useState } from 'preact/hooks';
import type { AccountRow } from '../../../src-shared/contractRows.ts';
import type { Mailbox } from '../../../src-shared/model.ts';
import { accounts, labelOf, mailboxes, troubled } from '../state/accounts.ts';
import { sheet } from '../state/activity.ts';
import { commands, goTo } from '../state/commands.ts';
import { drop, mayDrop } from '../state/drag.ts';
import { editMailbox } from '../state/mailboxSheet.ts';
import { outgoing } from '../state/outgoing.ts';
import { type Place, place } from '../state/places.ts';
import { beginSetup } from '../state/setup.ts';
import { t } from '../strings/en.ts';
import { AccountMark } from './AccountMark.tsx';
import { Icon, type IconName } from './icons.tsx';

const ROLES = ['inbox', 'flagged', 'drafts', 'sent', 'archive', 'junk', 'trash', 'all'] as const;
/** In these, mail that is not read is nothing to be told of. */
const QUIET = new Set(['trash', 'junk', 'sent', 'archive', 'all', 'flagged']);

const same = (one: Place, other: Place): boolean => JSON.stringify(one) === JSON.stringify(other);

const numberOf = (role: string | null, { unread, total }: { unread: number; total: number }): number => {
  if (role === 'drafts') return total;
  return role !== null && QUIET.has(role) ? 0 : unread;
};

/** The right button of the mouse, or F2, on a mailbox of a person's own: its name, or its end. */
const edit = (event: Event, to: Place, icon: IconName): void => {
  if (to.kind !== 'mailbox' || icon !== 'folder') return;
  event.preventDefault();
  editMailbox(to.account, to.mailbox);
};

const PlaceButton = (props: { to: Place; icon: IconName; name: string; count: number; depth?: number }) => {
  const here = same(place.value, props.to);
  const [over, setOver] = useState(false);
  return (
    <button
      type="button"
      class={over ? 'place over' : 'place'}
      style={{ paddingInlineStart: `${0.6 + (props.depth ?? 0) * 0.9}rem` }}
      aria-current={here ? 'page' : undefined}
      onClick={() => goTo(props.to)}
      onContextMenu={(event) => edit(event, props.to, props.icon)}
      onKeyDown={(event) => event.key === 'F2' && edit(event, props.to, props.icon)}
      onDragOver={(event) => {
        if (!mayDrop(props.to)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        drop(props.to);
      }}
    >
      <Icon name={props.icon} />
      <span class="grow cut">{props.name}</span>
      {props.count > 0 && (
        <span class="count">
          {props.count.toLocaleString()}
          <span class="unseen"> {t.countOf[props.icon] ?? t.list.unread}</span>
        </span>
      )}
    </button>
  );
};

const iconOf = (role: string | null): IconName =>
  role !== null && (ROLES as readonly string[]).includes(role) ? (role as IconName) : 'folder';

const rank = ({ role, sortOrder, path }: Mailbox): [number, number, string] => {
  const at = ROLES.indexOf(role as (typeof ROLES)[number]);
  return [at < 0 ? ROLES.length : at, sortOrder, path.toLowerCase()];
};

const ordered = (own: Mailbox[]): Mailbox[] =>
  own.toSorted((a, b) => {
    const [one, other] = [rank(a), rank(b)];
    return one[0] - other[0] || one[1] - other[1] || (one[2] < other[2] ? -1 : 1);
  });

/** Mailboxes as a tree, in the order in which they are shown, with their depth. */
const asTree = (own: Mailbox[], parent: string | null = null, depth = 0): { mailbox: Mailbox; depth: number }[] => {
  const known = new Set(own.map(({ id }) => id));
  return ordered(
    own.filter(({ parentId }) => (parentId !== null && known.has(parentId) ? parentId : null) === parent),
  ).flatMap((mailbox) => [{ mailbox, depth }, ...asTree(own, mailbox.id, depth + 1)]);
};

const AccountGroup = ({ account }: { account: AccountRow }) => {
  const own = mailboxes.value.filter((mailbox) => mailbox.account === account.id);
  return (
    <details class="account" open>
      <summary>
        <span class={`dot ${account.phase}`} aria-hidden="true" />
        <AccountMark account={account} />
        <span class="grow cut" title={account.email}>
          {labelOf(account)}
        </span>
        <span class="unseen">{t.phases[account.phase]}</span>
      </summary>
      {asTree(own).map(({ mailbox, depth }) => (
        <PlaceButton
          key={mailbox.id}
          to={{ kind: 'mailbox', account: account.id, mailbox: mailbox.id }}
          icon={iconOf(mailbox.role)}
          name={mailbox.role === 'inbox' ? (t.roles['inbox'] ?? '') : mailbox.name}
          count={numberOf(mailbox.role, { unread: mailbox.unreadEmails, total: mailbox.totalEmails })}
          depth={depth}
        />
      ))}
      <button type="button" class="place quiet small" onClick={() => editMailbox(account.id, null)}>
        <Icon name="add" />
        <span class="grow">{t.mailbox.create}</span>
      </button>
    </details>
  );
};

const sumOf = (role: string): number => {
  const own = mailboxes.value.filter((mailbox) => mailbox.role === role);
  const sum = (of: (mailbox: Mailbox) => number): number => own.reduce((all, mailbox) => all + of(mailbox), 0);
  return numberOf(role, { unread: sum((m) => m.unreadEmails), total: sum((m) => m.totalEmails) });
};

const Foot = () => {
  const trouble = Object.values(troubled.value).reduce((sum, n) => sum + n, 0);
  return (
    <div class="sidebar-foot">
      <button type="button" class="place" title={t.sidebar.activity} onClick={commands.activity}>
        <Icon name="activity" />
        <span class="grow">{t.sidebar.activity}</span>
        {trouble > 0 && (
          <span class="count bad" title={t.sidebar.needs(trouble)}>
            {trouble}
          </span>
        )}
      </button>
      <button type="button" class="place" title={t.sidebar.settings} onClick={commands.settings}>
        <Icon name="settings" />
        <span class="grow">{t.sidebar.settings}</span>
      </button>
      <button type="button" class="place" title={t.sidebar.help} onClick={() => (sheet.value = 'help')}>
        <Icon name="help" />
        <span class="grow">{t.sidebar.help}</span>
      </button>
    </div>
  );
};

/** Where mail is: all accounts together, then each by itself. */
export const Sidebar = () => (
  <nav class="sidebar" aria-label={t.sidebar.label}>
    <button type="button" class="primary compose" onClick={commands.compose}>
      <Icon name="compose" /> {t.sidebar.compose}
    </button>
    <div class="places">
      {ROLES.map((role) => (
        <PlaceButton
          key={role}
          to={{ kind: 'role', role }}
          icon={iconOf(role)}
          name={t.roles[role] ?? role}
          count={sumOf(role)}
        />
      ))}
      {(outgoing.value.length > 0 || place.value.kind === 'outgoing') && (
        <PlaceButton to={{ kind: 'outgoing' }} icon="clock" name={t.outgoing.label} count={outgoing.value.length} />
      )}
      {accounts.value?.map((account) => (
        <AccountGroup key={account.id} account={account} />
      ))}
      <button type="button" class="place quiet" onClick={beginSetup}>
        <Icon name="add" />
        <span class="grow">{t.sidebar.addAccount}</span>
      </button>
    </div>
    <Foot />
  </nav>
);
