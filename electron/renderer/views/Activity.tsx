import { useEffect, useState } from 'preact/hooks';
import type { Cycle, PendingChange } from '../../../src-shared/contractRows.ts';
import type { Submission } from '../../../src-shared/draft.ts';
import { inBytes } from '../lib/sizes.ts';
import { shortTime } from '../lib/times.ts';
import { accountOf } from '../state/accounts.ts';
import {
  changes,
  cycles,
  readActivity,
  settleChange,
  settleSubmission,
  submissions,
  takeBack,
} from '../state/activity.ts';
import { syncNow } from '../state/commands.ts';
import { attempt } from '../state/toasts.ts';
import { t } from '../strings/en.ts';
import { inWords } from '../strings/errors.ts';
import { Dialog } from './Dialog.tsx';

const Change = ({ change }: { change: PendingChange }) => (
  <li class={change.state === 'failed' || change.state === 'uncertain' ? 'needs' : ''}>
    <div class="grow">
      <strong>{t.changeTypes[change.type] ?? change.type}</strong>{' '}
      {change.emails.length > 0 && <span>{t.activity.emails(change.emails.length)}, </span>}
      <span>{t.changeStates[change.state]}</span>
      {change.attempts > 1 && <span class="hint"> {t.activity.attempts(change.attempts)}</span>}
      <div class="hint">
        {accountOf(change.account)?.email} · {shortTime(change.createdAt)}
      </div>
      {change.error && <div class="bad-text">{inWords(change.error)}</div>}
    </div>
    <button type="button" onClick={() => void settleChange(change, 'retry')}>
      {t.retry}
    </button>
    <button type="button" onClick={() => void settleChange(change, 'discard')}>
      {t.discard}
    </button>
  </li>
);

const Sent = ({ submission }: { submission: Submission }) => {
  const { state } = submission;
  const open = state === 'uncertain' || state === 'failed';
  return (
    <li class={open ? 'needs' : ''}>
      <div class="grow">
        <strong>{submission.subject || t.noSubject}</strong> <span>{t.submissionStates[state]}</span>
        <div class="hint">
          {t.reader.to} {submission.recipients.map(({ email }) => email).join(', ')} ·{' '}
          {shortTime(submission.sendAt ?? submission.createdAt)}
        </div>
        {submission.recipients.map(({ email, state: one, reply }) =>
          one === 'refused' || one === 'failed' ? (
            <div key={email} class="bad-text">
              {email}: {reply ?? one}
            </div>
          ) : null,
        )}
        {submission.error && <div class="bad-text">{inWords(submission.error)}</div>}
      </div>
      {(state === 'held' || state === 'queued') && (
        <button type="button" onClick={() => void takeBack(submission)}>
          {t.activity.takeBack}
        </button>
      )}
      {state === 'uncertain' && (
        <button type="button" onClick={() => void settleSubmission(submission, 'check')}>
          {t.activity.check}
        </button>
      )}
      {open && (
        <button type="button" onClick={() => void settleSubmission(submission, 'resend')}>
          {t.activity.resend}
        </button>
      )}
      {open && (
        <button type="button" onClick={() => void settleSubmission(submission, 'discard')}>
          {t.discard}
        </button>
      )}
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

const tabs = ['changes', 'sending', 'log'] as const;

/** What is on its way, what needs the person, and what every look at the servers did. */
export const Activity = ({ close }: { close: () => void }) => {
  const [tab, setTab] = useState<(typeof tabs)[number]>('changes');
  useEffect(() => void attempt(readActivity), []);
  return (
    <Dialog title={t.activity.title} close={close} wide>
      <div class="tabs">
        <div role="tablist" aria-label={t.activity.title}>
          {tabs.map((name) => (
            <button
              key={name}
              type="button"
              role="tab"
              aria-selected={tab === name}
              aria-controls="tab-panel"
              onClick={() => setTab(name)}
            >
              {t.activity[name]}
            </button>
          ))}
        </div>
        <span class="grow" />
        <button type="button" onClick={() => void syncNow().then(readActivity)}>
          {t.activity.now}
        </button>
      </div>
      <div id="tab-panel" role="tabpanel" tabIndex={0} class="panel" aria-label={t.activity[tab]}>
        {tab === 'changes' && (
          <ul class="entries">
            {changes.value.map((change) => (
              <Change key={`${change.account}${change.id}`} change={change} />
            ))}
          </ul>
        )}
        {tab === 'changes' && changes.value.length === 0 && <p class="empty">{t.activity.noChanges}</p>}
        {tab === 'sending' && (
          <ul class="entries">
            {submissions.value.map((submission) => (
              <Sent key={`${submission.account}${submission.id}`} submission={submission} />
            ))}
          </ul>
        )}
        {tab === 'sending' && submissions.value.length === 0 && <p class="empty">{t.activity.noSending}</p>}
        {tab === 'log' && <Log />}
      </div>
    </Dialog>
  );
};
