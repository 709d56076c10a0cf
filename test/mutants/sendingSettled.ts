import { type Mutant, m } from './mutant.ts';

const engine = 'src-main/engine/';

/** Lines that tell one draft from another, and settle what only some have got. */
export const sendingSettled: Mutant[] = [
  m(
    'D4: a draft that was seen is that very email, whatever has its Message-ID',
    `${engine}outgoing/serverDrafts.ts`,
    '  if (wasSeen) return serverEmail !== null',
    '  if (wasSeen && serverMessage === null) return serverEmail !== null',
    'engine/drafts',
    'same Message-ID',
  ),
  m(
    'D4: a Message-ID names a draft only until it is seen',
    `${engine}outgoing/serverDrafts.ts`,
    '[wasSeen ? null : serverMessage, filing?.messageId]',
    '[serverMessage, filing?.messageId]',
    'engine/drafts',
    'same Message-ID',
  ),
  m(
    'D3: what was seen is removed as itself, not by its Message-ID',
    `${engine}outgoing/serverDrafts.ts`,
    '  if (!draft.wasSeen) supersede(',
    '  supersede(',
    'engine/drafts',
    'same Message-ID',
  ),
  m(
    'S1: what follows a cycle ends no loop',
    `${engine}engine.ts`,
    '  try {\n    events.rested();\n  } catch (error) {\n    log.error',
    '  events.rested();\n  try {\n  } catch (error) {\n    log.error',
    'engine/engine',
    'what follows a cycle',
  ),
  m(
    'S1: a draft that was sent answers the same submission',
    `${engine}outgoing/sending.ts`,
    '(readDraft(db, draft) ? undefined : submissionOfSent(db, draft))',
    'undefined',
    'engine/sending',
    'same submission',
  ),
  m(
    'S5: nobody waits for a copy that is refused',
    `${engine}outgoing/sentCopy.ts`,
    "  if (filing === 'waiting' || (filing === 'refused' && left.length === 0)) return;",
    "  if (filing !== 'filed') return;",
    'engine/sendingPartly',
    'no room for the copy',
  ),
  m(
    'S7: a copy that was refused is tried again when the others have it',
    `${engine}outgoing/sentCopy.ts`,
    "tryOthers(tx, clock, submission, left, filing === 'filed')",
    'tryOthers(tx, clock, submission, left, true)',
    'engine/sendingPartly',
    'no room for the copy',
  ),
  m(
    'S7: the copy is filed though some are given up',
    `${engine}outgoing/sendRecord.ts`,
    "  if (submission.recipients.some(({ state }) => state === 'accepted'))\n",
    '  if (submission.recipients.length === 0)\n',
    'engine/sendingPartly',
    'given up',
  ),
  m(
    'S3: a copy from when others got it proves nothing',
    `${engine}outgoing/delivery.ts`,
    "submission.recipients.some(({ state }) => state === 'accepted'))\n    return 'unknown';",
    "submission.recipients.length === 0)\n    return 'unknown';",
    'engine/sendingPartly engine/sendingRaces',
    'copy in Sent',
  ),
  m(
    'S5: what failed is sent anew by its draft',
    `${engine}outgoing/outgoingChanges.ts`,
    '  else sendDraft(parts, { draft: String(draft), undoSeconds: 0 });\n',
    '',
    'engine/outgoingChanges',
    'nobody got',
  ),
];
