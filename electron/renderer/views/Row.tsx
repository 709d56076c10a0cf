import type { EmailHead } from '../../../src-shared/model.ts';
import { shortName } from '../lib/addresses.ts';
import { rowKey } from '../lib/keys.ts';
import { fullTime, listTime } from '../lib/times.ts';
import { accountOf, accounts, labelOf } from '../state/accounts.ts';
import { markFlagged } from '../state/actions.ts';
import { open } from '../state/commands.ts';
import { beginDrag, dragged } from '../state/drag.ts';
import { cursor, cursorPlace, opened } from '../state/list.ts';
import { overlay, rowState } from '../state/overlay.ts';
import { place, shownRole } from '../state/places.ts';
import { extendTo, isPicked, these, togglePick } from '../state/targets.ts';
import { t } from '../strings/en.ts';
import { AccountMark } from './AccountMark.tsx';
import { Icon } from './icons.tsx';

/** Whom a row names: who wrote it; in what was sent or begun, whom it is for. */
const namesOf = (row: EmailHead): string => {
  const role = shownRole();
  const outgoing = role === 'sent' || role === 'drafts';
  const people = outgoing ? [...row.to, ...row.cc] : row.from;
  const names = people.slice(0, 3).map(shortName).join(', ') || t.nobody;
  return outgoing ? `${t.reader.to} ${names}` : names;
};

const Marks = ({ row }: { row: EmailHead }) => (
  <>
    {row.pending && (
      <span class="mark" title={t.list.pending}>
        <Icon name="clock" />
        <span class="unseen">{t.list.pending}</span>
      </span>
    )}
    {row.hasAttachment && (
      <span class="mark" title={t.list.attachment}>
        <Icon name="attachment" />
        <span class="unseen">{t.list.attachment}</span>
      </span>
    )}
  </>
);

/** What a click with the mouse means: with Ctrl a row is picked, with Shift all from the cursor to it, else it is opened. */
const click = (event: MouseEvent, row: EmailHead, at: number): void => {
  if (event.shiftKey && cursorPlace.value >= 0) extendTo(at);
  else if (event.ctrlKey || event.metaKey || event.shiftKey) {
    cursor.value = rowKey(row);
    togglePick(rowKey(row));
  } else open(row);
};

/** A row is dragged onto a mailbox. What other programs would get of it is its subject. */
const drag = (event: DragEvent, row: EmailHead): void => {
  event.dataTransfer?.setData('text/plain', row.subject ?? '');
  beginDrag(row);
};

/** The mark of the account, where mail of several is listed. */
const Origin = ({ row }: { row: EmailHead }) => {
  const account = accountOf(row.account);
  return account && place.value.kind !== 'mailbox' && (accounts.value?.length ?? 0) > 1 ? (
    <span class="origin cut">
      <AccountMark account={account} /> {labelOf(account)}
    </span>
  ) : null;
};

/** A conversation in the list, at its place of so many. */
export const Row = ({ row, at, of, top }: { row: EmailHead; at: number; of: number; top: number }) => {
  const key = rowKey(row);
  const { unread, flagged } = rowState(row, overlay.value.get(key));
  const isChosen = isPicked(row);
  const isOpen = opened.value !== null && rowKey(opened.value) === key;
  const classes = ['row', unread && 'unread', isOpen && 'open', isChosen && 'picked', cursor.value === key && 'cursor'];
  return (
    <div
      id={`row-${key}`}
      class={classes.filter(Boolean).join(' ')}
      role="option"
      aria-selected={isChosen || isOpen}
      aria-setsize={of}
      aria-posinset={at + 1}
      style={{ transform: `translateY(${top}px)` }}
      draggable
      onDragStart={(event) => drag(event, row)}
      onDragEnd={() => (dragged.value = null)}
      onClick={(event) => click(event, row, at)}
    >
      <span class="pick" aria-hidden="true" onClick={(event) => (event.stopPropagation(), togglePick(key))}>
        {isChosen ? <Icon name="check" /> : null}
      </span>
      <span class="who">
        <span class="cut names">
          {unread && <span class="unseen">{t.list.rowUnread}, </span>}
          {namesOf(row)}
        </span>
        {(row.threadSize ?? 1) > 1 && (
          <span class="thread-size" title={t.list.inThread(row.threadSize ?? 1)}>
            {row.threadSize}
          </span>
        )}
        <Marks row={row} />
        <time class="when" dateTime={row.receivedAt} title={fullTime(row.receivedAt)}>
          {listTime(row.receivedAt, new Date())}
        </time>
      </span>
      <span class="what">
        <span class="cut" dir="auto">
          <span class="subject">{row.subject || t.noSubject}</span> <span class="preview">{row.preview}</span>
        </span>
        <Origin row={row} />
        <span
          class={flagged ? 'star on' : 'star'}
          title={flagged ? t.actions.unstar : t.actions.star}
          onClick={(event) => (event.stopPropagation(), void markFlagged(these([row]), !flagged))}
        >
          <Icon name="flagged" filled={flagged} />
          {flagged && <span class="unseen">{t.list.rowFlagged}</span>}
        </span>
      </span>
    </div>
  );
};
