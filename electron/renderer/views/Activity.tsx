import { useEffect, useRef } from 'preact/hooks';
import type { Cycle, PendingChange } from '../../../src-shared/contractRows.ts';
import type { Submission } from '../../../src-shared/draft.ts';
import { changeWords } from '../lib/changeWords.ts';
import { inBytes } from '../lib/sizes.ts';
import { shortTime } from '../lib/times.ts';
import { accountOf, mailboxes } from '../state/accounts.ts';
import {
  changeKey,
  changes,
  cycles,
  discardChange,
  editUnsent,
  giveUpSubmission,
  openDraft,
  readActivity,
  retryChange,
  settleSubmission,
  subjects,
  submissions,
  tab,
  tabs,
  takeBack,
} from '../state/activity.ts';
import { syncNow } from '../state/commands.ts';
import { attempt } from '../state/toasts.ts';
import { t } from '../strings/en.ts';
import { inWords } from '../strings/errors.ts';
import { Dialog } from './Dialog.tsx';

const pathOf = (change: PendingChange) => (id: string) =>
  mailboxes.value.find((mailbox) => mailbox.account === change.account && mailbox.id === id)?.path;

const Change = ({ change }: { change: PendingChange }) => {
  const { state, emails, attempts, error } = change;
  const what = changeWords(change, pathOf(change));
  const subject = subjects.value[changeKey(change)];
  const isDraft = change.type === 'draft';
  const giveUp = state === 'failed' ? t.activity.putAway : t.activity.giveUp;
  return (
    <li class={state === 'failed' || state === 'uncertain' ? 'needs' : ''}>
      <div class="grow">
        <strong>{what}</strong>{' '}
        {subject !== undefined && <span>{t.activity.about(subject, Math.max(0, emails.length - 1))}, </span>}
        {subject === undefined && emails.length > 0 && <span>{t.activity.emails(emails.length)}, </span>}
        <span>{t.changeStates[state]}</span>
        {attempts > 1 && <span class="hint"> {t.activity.attempts(attempts)}</span>}
        <div class="hint">
          {accountOf(change.account)?.email} · {shortTime(change.createdAt)}
        </div>
        {error && <div class="bad-text">{inWords(error)}</div>}
      </div>
      {isDraft && (
        <button type="button" onClick={() => void openDraft(change)}>
          {t.activity.open}
        </button>
      )}
      {state !== 'inflight' && (
        <button type="button" onClick={() => void retryChange(change)}>
          {t.retry}
        </button>
      )}
      {state !== 'inflight' && (
        <button type="button" onClick={() => void discardChange(change, what)}>
          {isDraft ? t.activity.deleteDraft : giveUp}
        </button>
      )}
    </li>
  );
};

const SentButtons = ({ submission }: { submission: Submission }) => {
  const { state, draft } = submission;
  if (state === 'held' || state === 'queued')
    return (
      <button type="button" onClick={() => void takeBack(submission)}>
        {t.activity.takeBack}
      </button>
    );
  if (state !== 'uncertain' && state !== 'failed') return null;
  return (
    <>
      {state === 'failed' && draft !== undefined && (
        <button type="button" class="primary" onClick={() => void editUnsent(submission)}>
          {t.activity.edit}
        </button>
      )}
      {state === 'uncertain' && (
        <button type="button" onClick={() => void settleSubmission(submission, 'check')}>
          {t.activity.check}
        </button>
      )}
      <button type="button" onClick={() => void settleSubmission(submission, 'resend')}>
        {t.activity.resend}
      </button>
      <button type="button" onClick={() => void giveUpSubmission(submission)}>
        {t.activity.giveUp}
      </button>
    </>
  );
};

const Sent = ({ submission }: { submission: Submission }) => {
  const { state } = submission;
  return (
    <li class={state === 'uncertain' || state === 'failed' ? 'needs' : ''}>
      <div class="grow">
        <strong>{submission.subject || t.noSubject}</strong> <span>{t.submissionStates[state]}</span>
        <div class="hint">
          {t.reader.to} {submission.recipients.map(({ email }) => email).join(', ')} ·{' '}
          {shortTime(submission.sendAt ?? submission.createdAt)}
        </div>
        {submission.recipients.map(({ email, state: one, reply }) =>
          one === 'refused' || one === 'failed' ? (
            <div key={email} class="bad-text">
              {email}: {reply ?? t.submissionStates['failed']}
            </div>
          ) : null,
        )}
        {submission.error && <div class="bad-text">{inWords(submission.error)}</div>}
      </div>
      <SentButtons submission={submission} />
    </li>
  );
};

const CycleRow = ({ cycle }: { cycle: Cycle }) => (
  <tr class={cycle.result === 'error' ? 'needs' : ''}>
    <td>{shortTime(cycle.finishedAt)}</td>
    <td>
      {accountOf(cycle.account)?.email}, {t.triggers[cycle.trigger]}:{' '}
      {cycle.error ? (
        <span class="bad-text">{inWords(cycle.error)}</span>
      ) : (
        t.activity.cycle(cycle.counts.created, cycle.counts.updated, cycle.counts.destroyed)
      )}
    </td>
    <td class="number">{(Date.parse(cycle.finishedAt) - Date.parse(cycle.startedAt)).toLocaleString()} ms</td>
    <td class="number">{cycle.roundTrips}</td>
    <td class="number">{inBytes(cycle.bytes)}</td>
  </tr>
);

const Log = () => (
  <>
    <table>
      <thead>
        <tr>
          <th>{t.activity.when}</th>
          <th>{t.activity.what}</th>
          <th class="number">{t.activity.took}</th>
          <th class="number">{t.activity.trips}</th>
          <th class="number">{t.activity.size}</th>
        </tr>
      </thead>
      <tbody>
        {cycles.value.map((cycle) => (
          <CycleRow key={`${cycle.account}${cycle.startedAt}`} cycle={cycle} />
        ))}
      </tbody>
    </table>
    {cycles.value.length === 0 && <p class="empty">{t.activity.noLog}</p>}
  </>
);

const STEPS: Record<string, (at: number) => number> = {
  ArrowRight: (at) => at + 1,
  ArrowLeft: (at) => at - 1,
  Home: () => 0,
  End: () => tabs.length - 1,
};

/** Arrows go from tab to tab; Tab goes on to what is in it. */
const Tabs = () => {
  const list = useRef<HTMLDivElement>(null);
  const step = (event: KeyboardEvent): void => {
    const to = STEPS[event.key]?.(tabs.indexOf(tab.value));
    const name = to === undefined ? undefined : tabs[(to + tabs.length) % tabs.length];
    if (name === undefined) return;
    event.preventDefault();
    tab.value = name;
    list.current?.querySelector<HTMLElement>(`#tab-${name}`)?.focus();
  };
  return (
    <div ref={list} role="tablist" aria-label={t.activity.title} onKeyDown={step}>
      {tabs.map((name) => (
        <button
          key={name}
          id={`tab-${name}`}
          type="button"
          role="tab"
          tabIndex={tab.value === name ? 0 : -1}
          aria-selected={tab.value === name}
          aria-controls="tab-panel"
          onClick={() => (tab.value = name)}
        >
          {t.activity[name]}
        </button>
      ))}
    </div>
  );
};

/** What is on its way, what needs the person, and what every look at the servers did. */
export const Activity = ({ close }: { close: () => void }) => {
  useEffect(() => void attempt(readActivity), []);
  const shown = tab.value;
  const lookNow = async (): Promise<void> => {
    await syncNow();
    await attempt(readActivity);
  };
  return (
    <Dialog title={t.activity.title} close={close} wide>
      <div class="tabs">
        <Tabs />
        <span class="grow" />
        <button type="button" onClick={() => void lookNow()}>
          {t.activity.now}
        </button>
      </div>
      <div id="tab-panel" role="tabpanel" tabIndex={0} class="panel" aria-labelledby={`tab-${shown}`}>
        {shown === 'changes' && (
          <ul class="entries">
            {changes.value.map((change) => (
              <Change key={`${change.account}${change.id}`} change={change} />
            ))}
          </ul>
        )}
        {shown === 'changes' && changes.value.length === 0 && <p class="empty">{t.activity.noChanges}</p>}
        {shown === 'sending' && (
          <ul class="entries">
            {submissions.value.map((submission) => (
              <Sent key={`${submission.account}${submission.id}`} submission={submission} />
            ))}
          </ul>
        )}
        {shown === 'sending' && submissions.value.length === 0 && <p class="empty">{t.activity.noSending}</p>}
        {shown === 'log' && <Log />}
      </div>
    </Dialog>
  );
};
