import type { Submission } from '../../../src-shared/draft.ts';
import { fullTime } from '../lib/times.ts';
import { accounts } from '../state/accounts.ts';
import { cancelOutgoing, editOutgoing, isOpen, outgoing, sendNow } from '../state/outgoing.ts';
import { t } from '../strings/en.ts';
import { inWords } from '../strings/errors.ts';

const When = ({ submission }: { submission: Submission }) => {
  const { state, sendAt, heldBy } = submission;
  if (state !== 'held' || sendAt === undefined)
    return <p class={state === 'failed' ? 'bad-text' : 'hint'}>{t.submissionStates[state]}</p>;
  return (
    <p class="hint" title={fullTime(sendAt)}>
      {t.outgoing.at(sendAt)} {heldBy === 'here' && t.outgoing.here}
    </p>
  );
};

const Message = ({ submission }: { submission: Submission }) => {
  const { account, subject, recipients, error, state } = submission;
  const from = (accounts.value?.length ?? 0) > 1 && accounts.value?.find(({ id }) => id === account)?.email;
  return (
    <li class={state === 'failed' || state === 'uncertain' ? 'needs' : ''}>
      <strong class="cut">{subject || t.noSubject}</strong>
      <p class="hint">
        {from && `${from} · `}
        {t.reader.to} {recipients.map(({ email }) => email).join(', ')}
      </p>
      <When submission={submission} />
      {error && <p class="bad-text">{inWords(error)}</p>}
      {isOpen(submission) && (
        <div class="buttons">
          <button type="button" onClick={() => void editOutgoing(submission)}>
            {t.outgoing.edit}
          </button>
          {state !== 'queued' && (
            <button type="button" onClick={() => void sendNow(submission)}>
              {t.outgoing.now}
            </button>
          )}
          <button type="button" onClick={() => void cancelOutgoing(submission)}>
            {t.outgoing.cancel}
          </button>
        </div>
      )}
    </li>
  );
};

/** What is not sent yet: scheduled, on its way, or failed, each to be changed, sent now or taken back. */
export const Outgoing = () => (
  <section class="list" aria-label={t.outgoing.label}>
    <header class="list-head">
      <h1 class="grow">{t.outgoing.label}</h1>
    </header>
    <ul class="outgoing" data-keys="list">
      {outgoing.value.map((submission) => (
        <Message key={`${submission.account}${submission.id}`} submission={submission} />
      ))}
    </ul>
    {outgoing.value.length === 0 && <p class="empty">{t.outgoing.none}</p>}
  </section>
);
