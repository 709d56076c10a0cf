import { type Argument, atom, uidSet } from './connection.ts';
import { isBin, labelOf } from './gmail.ts';
import { doFor, groupBy, mailboxGone, open, type PushGroup, type PushJob, setsOf, settle } from './pushJobs.ts';

/**
 * What Gmail makes of mailboxes for messages of All Mail: labels go on and come off. Out of the inbox without another one a
 * message is archived: it is in All Mail anyway. Moves to spam and trash are left to others.
 */
export const pushLabels = async (group: PushGroup): Promise<void> => {
  const changing = open(group.jobs).filter(({ push }) => !push.destroy && Object.keys(push.mailboxes).length > 0);
  for (const jobs of groupBy(changing, ({ push }) => JSON.stringify(push.mailboxes)).values()) {
    const patch = Object.entries(jobs[0]?.push.mailboxes ?? {});
    if (patch.some(([key, on]) => on && !group.mailboxes.has(key))) settle(jobs, mailboxGone());
    if (patch.some(([key, on]) => on && isBin(group.mailboxes.get(key)))) continue;
    for (const [sign, wanted] of [
      ['+X-GM-LABELS', true],
      ['-X-GM-LABELS', false],
    ] as const) {
      const labels = patch.flatMap(([key, on]) => (on === wanted ? labelsOf(group, key) : []));
      if (labels.length > 0)
        await doFor(group, group.place.key, open(jobs), (some) => store(group, some, sign, labels));
    }
  }
};

/** All Mail itself is no label. */
const labelsOf = ({ mailboxes, place }: PushGroup, key: string): string[] => {
  const mailbox = mailboxes.get(key);
  return mailbox && key !== place.key ? [labelOf(mailbox)] : [];
};

/** A system label is written as a flag is, any other one as a mailbox's name. */
const store = async (
  { connection }: PushGroup,
  jobs: readonly PushJob[],
  sign: string,
  labels: readonly string[],
): Promise<void> => {
  const list: Argument = labels.map((label) => (label.startsWith('\\') ? atom(label) : label));
  for (const set of setsOf(jobs)) await connection.run('UID STORE', [uidSet(set), atom(sign), list]);
};
